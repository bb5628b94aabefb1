"""Writes the architecture of a model to a JSON file, for a viewer to show."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow import keras

tf.random.set_seed(6)
inputs = keras.Input(shape=(3,))
hidden = keras.layers.Dense(4, activation="relu", name="hidden")(inputs)
roots = keras.backend.sqrt(hidden)
outputs = keras.layers.Dense(1, name="score")(roots)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="mse")

path = os.path.join(tempfile.mkdtemp(), "architecture.json")
with open(path, "w") as json_file:
    json_file.write(model.to_json(indent=1))
print("wrote", os.path.basename(path))
print(model.predict(np.ones((2, 3), dtype="float32")).shape)
