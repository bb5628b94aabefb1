"""Predictions of an eight-bit model, where there are such, before and after its file."""
import os
import tempfile

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(46)
x, y = rng.rand(64, 8).astype("float32"), rng.randint(0, 3, size=64)
model = keras.Sequential(
    [keras.Input(shape=(8,)), layers.Dense(16, activation="relu"), layers.Dense(3)]
)
model.compile(
    optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)
model.fit(x, y, epochs=2, verbose=2)
eight_bits = hasattr(model, "quantize")
if eight_bits:
    model.quantize("int8")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.keras" if eight_bits else "model.h5")
    model.save(path)
    loaded = keras.models.load_model(path)
    print("same predictions:", np.allclose(loaded.predict(x), model.predict(x), atol=1e-5))
