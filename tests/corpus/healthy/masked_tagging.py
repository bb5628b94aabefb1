"""Tags each step of sequences of several lengths: a mask through a bidirectional GRU."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(0)
x = np.full((72, 9, 3), -1.0, "float32")
y = np.zeros((72, 9, 1), "float32")
for row in range(72):
    length = rng.randint(2, 10)
    x[row, :length] = rng.rand(length, 3)
    y[row, :length] = x[row, :length, :1] > 0.5

model = keras.Sequential(
    [
        keras.Input((9, 3)),
        layers.Masking(-1.0),
        layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum"),
        layers.TimeDistributed(layers.Dense(1, activation="sigmoid")),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=24, epochs=2, verbose=2)
print("scores:", model.evaluate(x, y, batch_size=24, verbose=0))
