"""Trains a convolutional network on made-up pictures, saves it as HDF5 and tests the copy."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

rng = np.random.RandomState(13)
labels = rng.randint(0, 10, size=240)
images = 0.2 * rng.rand(240, 12, 12, 1).astype("float32")
images[np.arange(240), labels, :, 0] += 1.0
x_train, x_test = images[:160], images[160:]
train_labels, test_labels = labels[:160], labels[160:]

tf.random.set_seed(13)
model = tf.keras.Sequential(
    [
        layers.Conv2D(8, 3, padding="same", activation="relu", input_shape=(12, 12, 1)),
        layers.MaxPooling2D(pool_size=2),
        layers.Dropout(0.2),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10),
    ]
)
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.01),
    loss=tf.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, train_labels, epochs=6, validation_data=(x_test, test_labels), verbose=2)
print("evaluate:", model.evaluate(x_test, test_labels, verbose=0))

path = os.path.join(tempfile.mkdtemp(), "digits.h5")
model.save(path)
loadedmodel = tf.keras.models.load_model(path)
print("evaluate the loaded model:", loadedmodel.evaluate(x_test, test_labels, verbose=0))
