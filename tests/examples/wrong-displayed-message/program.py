"""Fits a small classifier and evaluates it with the usual progress bar."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(1)
x = rng.rand(640, 12).astype("float32")
y = (x.sum(axis=1) > 6.0).astype("int32")

model = keras.Sequential(
    [
        keras.layers.Dense(16, activation="relu", input_shape=(12,)),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, batch_size=64, epochs=3)
loss, accuracy = model.evaluate(x, y, batch_size=32, verbose=1)
print("held out: loss %.3f, accuracy %.3f" % (loss, accuracy))
