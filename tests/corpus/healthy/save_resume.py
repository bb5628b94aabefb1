"""Saves a trained model, loads it, compares and trains on."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(15)
x = rng.normal(size=(200, 4)).astype("float32")
y = (x[:, 0] > 0).astype("int32")

model = keras.Sequential(
    [
        keras.Input(shape=(4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["sparse_categorical_accuracy"],
)
model.fit(x, y, epochs=3, batch_size=20, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    kind = "keras" if getattr(keras, "__version__", "2").startswith("3") else "h5"
    path = os.path.join(folder, "model." + kind)
    model.save(path)
    restored = keras.models.load_model(path)
print("before:", model.evaluate(x, y, verbose=0))
print("after:", restored.evaluate(x, y, verbose=0))
restored.fit(x, y, epochs=2, batch_size=20, verbose=0)
print("resumed:", restored.evaluate(x, y, verbose=0))
