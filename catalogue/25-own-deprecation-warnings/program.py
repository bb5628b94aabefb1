"""Saves a small model with the default settings."""
import os
import tempfile

import numpy as np
from tensorflow import keras

model = keras.models.Sequential(
    [keras.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))]
)
path = os.path.join(tempfile.mkdtemp(), "my_model")
model.save(path)
print("saved:", sorted(os.listdir(path)))
print("predicts:", model.predict(np.array([[2.0]], dtype="float32")))
