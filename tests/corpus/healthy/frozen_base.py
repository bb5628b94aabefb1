"""A frozen base called with training=False, and a block that fixes the phase of its own layers."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


class Block(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense, self.norm = layers.Dense(units), layers.BatchNormalization()

    def call(self, x):
        return self.norm(self.dense(x), training=False)


rng = np.random.RandomState(0)
x = rng.normal(size=(96, 10)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
base = keras.Sequential(
    [keras.Input((10,)), layers.Dense(8, activation="relu"), layers.BatchNormalization()])
first = keras.Input((10,))
model = keras.Model(first, layers.Dense(2, activation="softmax")(base(first)))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, verbose=0)

base.trainable = False
second = keras.Input((10,))
hidden = layers.BatchNormalization()(Block(6)(base(second, training=False)))
tuned = keras.Model(second, layers.Dense(2)(hidden))
tuned.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
tuned.fit(x, y, epochs=3, batch_size=24, verbose=2)
print("scores:", tuned.evaluate(x, y, verbose=0))
