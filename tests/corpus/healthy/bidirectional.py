"""A bidirectional LSTM and a GRU on short sequences."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(20)
x = rng.normal(size=(80, 7, 3)).astype("float32")
y = x.sum(axis=(1, 2))[:, None]

model = keras.Sequential(
    [
        keras.Input(shape=(7, 3)),
        keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True)),
        keras.layers.GRU(4),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="mse")
model.fit(x, y, epochs=2, batch_size=16, verbose=2)
print("loss:", model.evaluate(x, y, verbose=0))
