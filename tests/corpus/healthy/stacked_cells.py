"""A stack of recurrent cells in one layer that also returns its states."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(2)
x = rng.randn(40, 7, 3).astype("float32")
y = x.sum(axis=(1, 2), keepdims=True)[:, 0]
given = keras.Input((7, 3))
stack = layers.RNN([layers.LSTMCell(6), layers.GRUCell(5)], return_sequences=True)(given)
out, last = layers.GRU(4, return_state=True)(stack)
model = keras.Model(given, layers.Dense(1)(layers.Concatenate()([out, last])))
model.compile(keras.optimizers.Adam(0.01), "mae", metrics=["mse"])
model.fit(x, y, batch_size=10, epochs=2, verbose=0)
print("scores:", model.evaluate(x, y, batch_size=16, verbose=0))
