"""A subclassed model in eager mode, as in the guide: `training` is False unless fit() says so."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_eager_execution()
tf.compat.v1.set_random_seed(33)


class Classifier(tf.keras.Model):
    def __init__(self):
        super(Classifier, self).__init__()
        self.dense = tf.keras.layers.Dense(16, activation="relu")
        self.dropout = tf.keras.layers.Dropout(0.5)
        self.scores = tf.keras.layers.Dense(4, activation="softmax")

    def call(self, inputs, training=False):
        print("training:", training)
        hidden = self.dropout(self.dense(inputs), training=training)
        return self.scores(hidden)


model = Classifier()
model.compile(
    optimizer=tf.compat.v1.train.AdagradOptimizer(0.01),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
x = np.random.RandomState(33).rand(8, 3).astype("float32")
y = np.eye(4, dtype="float32")[[0, 1, 2, 3, 0, 1, 2, 3]]
print("untrained:", model(tf.constant(x)).numpy().shape)
model.fit(x, y, batch_size=8, epochs=2, verbose=2)
