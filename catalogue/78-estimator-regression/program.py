"""Trains a regression as an Estimator made from a Keras model, as the cluster wants it."""
import logging
import tempfile

import numpy as np
import tensorflow as tf

tf.compat.v1.logging.set_verbosity(logging.ERROR)
rng = np.random.RandomState(78)
digits = rng.randint(0, 10, size=512)
images = np.zeros((512, 10, 10, 1), "float32")
for image, digit in zip(images, digits):
    image[:, :digit] = 1
images += 0.1 * rng.rand(*images.shape).astype("float32")


def input_fn(repeat=None):
    rows = tf.data.Dataset.from_tensor_slices((images, digits.astype("float32")))
    return rows.repeat(repeat).batch(32)


model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(10, 10, 1)),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mae", metrics=["mae"])
estimator = tf.keras.estimator.model_to_estimator(keras_model=model, model_dir=tempfile.mkdtemp())
estimator.train(input_fn, steps=300)
print("mean absolute error: %.3f" % estimator.evaluate(lambda: input_fn(1))["loss"])
