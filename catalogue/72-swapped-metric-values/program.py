"""A model of own classes that reports the spread before and after its inner layer."""
import numpy as np
import tensorflow as tf


class Squash(tf.keras.layers.Layer):
    def call(self, inputs):
        out = tf.tanh(inputs)
        self.add_metric(tf.reduce_max(tf.abs(out)), aggregation="mean", name="largest_after")
        return out


class Squashed(tf.keras.Model):
    def __init__(self):
        super(Squashed, self).__init__()
        self.squash = Squash()
        self.dense = tf.keras.layers.Dense(5)

    def call(self, inputs):
        self.add_metric(tf.reduce_max(tf.abs(inputs)), aggregation="mean", name="largest_before")
        return self.dense(self.squash(inputs))


rng = np.random.RandomState(72)
x = (10 * rng.normal(size=(128, 5))).astype("float32")
model = Squashed()
model.compile("adam", loss="mse")
history = model.fit(x, np.tanh(x), batch_size=32, epochs=3, verbose=2)
for name in sorted(history.history):
    print(name, ["%.4f" % value for value in history.history[name]])
