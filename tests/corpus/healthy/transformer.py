"""One transformer block over integer tokens, with positions from a layer of our own."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Tokens(layers.Layer):
    def __init__(self, length, words, width, **kwargs):
        super().__init__(**kwargs)
        self.length = length
        self.token, self.place = layers.Embedding(words, width), layers.Embedding(length, width)

    def call(self, tokens):
        return self.token(tokens) + self.place(tf.range(self.length))


rng = np.random.RandomState(0)
x = rng.randint(0, 30, (64, 8))
y = np.roll(x, 1, 1) % 5
tokens = keras.Input((8,), dtype="int64")
hidden = Tokens(8, 30, 12)(tokens)
seen = layers.MultiHeadAttention(2, 6)(hidden, hidden)
hidden = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([hidden, seen]))
forward = layers.Dense(12)(layers.Dense(24, activation="relu")(hidden))
hidden = layers.LayerNormalization()(layers.Add()([hidden, forward]))
model = keras.Model(tokens, layers.Dense(5)(hidden))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
model.fit(x, y, epochs=2, batch_size=16, verbose=2)
print("scores:", model.evaluate(x, y, verbose=0))
