"""Predicts in a loop and keeps the predictions and the inputs: the memory that grows is its own."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(0)
model = keras.Sequential(
    [keras.Input((6,)), keras.layers.Dense(80, activation="relu"), keras.layers.Dense(60)])
model.compile("sgd", "mse")
kept = []
for _ in range(24):
    x = rng.rand(2000, 6).astype("float32")
    kept.append((x.repeat(20, axis=1), model.predict(x, batch_size=500, verbose=0)))
print("kept:", sum(a.nbytes + b.nbytes for a, b in kept))
