"""Loads a saved network and freezes its batch normalisation before it is trained further."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def freeze_normalisation(network):
    frozen = 0
    for layer in network.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization):
            layer.trainable = False
            frozen += 1
    return frozen


model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(4, kernel_initializer="ones", input_shape=(3,)),
        tf.keras.layers.BatchNormalization(),
        tf.keras.layers.Dense(1, kernel_initializer="ones"),
    ]
)
path = os.path.join(tempfile.mkdtemp(), "model.h5")
model.save(path)
loaded = tf.keras.models.load_model(path)
print("layers frozen in the model:", freeze_normalisation(model))
print("layers frozen in the loaded model:", freeze_normalisation(loaded))
print("weights left to train:", len(model.trainable_weights), len(loaded.trainable_weights))

x = np.random.RandomState(37).rand(5, 3).astype("float32")
print("same predictions:", np.allclose(model.predict(x), loaded.predict(x)))
