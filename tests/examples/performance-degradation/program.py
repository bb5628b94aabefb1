"""Scores many small groups one after the other, as a cross-validation would."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(4)
model = keras.Sequential([keras.layers.Dense(8, activation="softmax", input_shape=(8,))])
model.compile(loss="mse", optimizer="sgd")

scores = []
for _ in range(80):
    x = rng.normal(size=(4, 8)).astype("float32")
    y = rng.normal(size=(4, 8)).astype("float32")
    scores.append(model.evaluate(x, y, verbose=0))
print("mean score over %d groups: %.4f" % (len(scores), float(np.mean(scores))))
