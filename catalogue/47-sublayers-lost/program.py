"""Puts two blocks of an encoder, which take states and an optional mask, into a model of their own."""
import numpy as np
import tensorflow as tf


class Block(tf.keras.layers.Layer):
    def __init__(self, width, **options):
        super(Block, self).__init__(**options)
        self.inner = tf.keras.layers.Dense(4 * width, activation="relu", name="inner")
        self.outer = tf.keras.layers.Dense(width, name="outer")
        self.dropout = tf.keras.layers.Dropout(0.1)

    def call(self, inputs, training=False):
        states, mask = inputs
        change = self.outer(self.inner(states))
        change = self.dropout(change, training=training)
        if mask is not None:
            change = change * mask
        return (states + change,)


states = tf.keras.Input(shape=(6, 8), name="states")
blocks = [Block(8, name="first"), Block(8, name="second")]
first = blocks[0]((states, None))
second = blocks[1]((first[0], None))
model = tf.keras.Model(states, second[0])
model.summary()
for weight in model.weights:
    print(weight.name, tuple(weight.shape))

rng = np.random.RandomState(47)
x = rng.normal(size=(64, 6, 8)).astype("float32")
print("mean of the outputs: %.4f" % float(np.mean(model.predict(x))))
