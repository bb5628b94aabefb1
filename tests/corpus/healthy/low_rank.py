"""Trains low-rank matrices beside a kernel where there are such; the predictions outlive the file."""
import os
import tempfile

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(45)
x, y = rng.rand(64, 8).astype("float32"), rng.rand(64, 2).astype("float32")
model = keras.Sequential(
    [keras.Input(shape=(8,)), layers.Dense(12, activation="relu"), layers.Dense(2)]
)
model.compile(optimizer="adam", loss="mse")
model.fit(x, y, epochs=2, verbose=2)
adapted = hasattr(model.layers[0], "enable_lora")
if adapted:
    model.layers[0].enable_lora(2)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    model.fit(x, y, epochs=2, verbose=2)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.keras" if adapted else "model.h5")
    model.save(path)
    loaded = keras.models.load_model(path)
    print("same predictions:", np.allclose(loaded.predict(x), model.predict(x), atol=1e-5))
