"""Trains a classifier, keeps it on disk and evaluates the loaded copy."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(70)
x = rng.rand(1000, 10).astype("float32")
y = (x[:, :5].sum(axis=1) > x[:, 5:].sum(axis=1)).astype("int32")
x_train, x_test, y_train, y_test = x[:700], x[700:], y[:700], y[700:]

model = tf.keras.Sequential([
    tf.keras.layers.Dense(32, activation="relu", input_shape=(10,)),
    tf.keras.layers.Dense(16, activation="relu"),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="rmsprop", loss=tf.keras.losses.SparseCategoricalCrossentropy(),
              metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5, verbose=2)

path = os.path.join(tempfile.mkdtemp(), "test_model")
model.save(path)
loaded_model = tf.keras.models.load_model(path)
print("trained:", model.evaluate(x_test, y_test, verbose=0))
print("loaded: ", loaded_model.evaluate(x_test, y_test, verbose=0))
