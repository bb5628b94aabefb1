"""Saves models in each format."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(14)
x = rng.normal(size=(32, 5)).astype("float32")
inputs = keras.Input((5,), name="rows")
hidden = layers.Dense(6, activation="relu", name="first")(inputs)
hidden = layers.Dense(6, name="second")(hidden)
hidden = layers.BatchNormalization(name="norm")(hidden)
model = keras.Model(inputs, layers.Dense(2, name="last")(hidden), name="told")
model.compile("adam", "mse", metrics=["mae"])
model.fit(x, x[:, :2], epochs=1, batch_size=8, verbose=0)
model.save("whole.h5")
model.save_weights("only.weights.h5")
if tuple(map(int, tf.__version__.split(".")[:2])) > (2, 12):
    model.save("whole.keras")
with open("config.json", "w") as stream:
    stream.write(model.to_json())
