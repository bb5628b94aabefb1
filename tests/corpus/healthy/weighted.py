"""Sample weights in one run, class weights in the other."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(18)
x = rng.normal(size=(210, 4)).astype("float32")
y = (x[:, 0] + 0.3 * x[:, 1] > 0.8).astype("float32")

model = keras.Sequential(
    [keras.Input(shape=(4,)), keras.layers.Dense(6, activation="relu"),
     keras.layers.Dense(1, activation="sigmoid")]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
weights = np.where(y > 0, 3.0, 1.0).astype("float32")
model.fit(x, y, sample_weight=weights, epochs=2, batch_size=32, verbose=2)
model.fit(x, y, class_weight={0: 1.0, 1: 4.0}, epochs=2, batch_size=32, verbose=2)
print("weighted:", model.evaluate(x, y, sample_weight=weights, batch_size=64, verbose=0))
print("plain:", model.evaluate(x, y, batch_size=64, verbose=0))
