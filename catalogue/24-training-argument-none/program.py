"""A subclassed model that doubles its output while training; it says how it is called."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


class Scaled(tf.keras.Model):
    def __init__(self):
        super(Scaled, self).__init__()
        self.dense = tf.keras.layers.Dense(2, kernel_initializer="ones")
        self.dropout = tf.keras.layers.Dropout(0.5, seed=24)

    def call(self, inputs, training=None):
        print("training:", training)
        return self.dropout(self.dense(inputs), training=training)


x = np.random.RandomState(24).rand(16, 2).astype("float32")
model = Scaled()
model.compile(loss="mse", optimizer="sgd")
model.fit(x, x, batch_size=16, epochs=2, verbose=2)
print("after training:", model.evaluate(x, x, batch_size=16, verbose=0))
