"""Loads a normalizing network and puts its moving averages out of training by their class."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(6)
x = rng.normal(2.0, 3.0, size=(90, 5)).astype("float32")
y = x.sum(axis=1, keepdims=True)

model = keras.Sequential(
    [
        keras.layers.Dense(8, activation="relu", input_shape=(5,)),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y, epochs=2, verbose=0)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "net.h5")
    model.save(path)
    restored = keras.models.load_model(path)
for layer in restored.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.trainable = False
print([(layer.name, layer.trainable) for layer in restored.layers])
