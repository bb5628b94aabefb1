"""Masks, flags and states through recurrent layers and wrappers."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(6)
words = rng.randint(1, 20, size=(40, 7))
words[:, 4:] *= (rng.rand(40, 1) > 0.5)
tags = rng.normal(size=(40, 7, 1)).astype("float32")
tokens = keras.Input((7,), dtype="int32")
hidden = layers.Embedding(20, 5, mask_zero=True, name="words")(tokens)
hidden = layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both")(hidden)
hidden = layers.TimeDistributed(layers.Dense(3, activation="relu"), name="each")(hidden)
hidden = layers.GRU(4, return_sequences=True, go_backwards=False, name="gru")(hidden)
model = keras.Model(tokens, layers.Dense(1, name="tag")(hidden))
model.compile("adam", "mse")
model.fit(words, tags, epochs=2, batch_size=10, verbose=0)
model.evaluate(words, tags, batch_size=10, verbose=0)
print(model.predict(words, batch_size=20, verbose=0).shape)
dropped = keras.Sequential([
    keras.Input((7, 3)), layers.Masking(0.0), layers.SimpleRNN(4, return_sequences=True),
    layers.TimeDistributed(layers.Dropout(0.4)), layers.Dropout(0.3),
    layers.GaussianNoise(0.2), layers.BatchNormalization(), layers.Dense(1)])
dropped.compile("sgd", "mse")
values = rng.normal(size=(40, 7, 3)).astype("float32")
dropped.fit(values, tags, epochs=2, batch_size=20, verbose=0)
dropped.evaluate(values, tags, verbose=0)
