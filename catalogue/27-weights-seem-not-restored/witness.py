"""Loads a saved model whose shape is inferred, and holds its accuracy against its own predictions."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def reported_and_counted():
    x = np.eye(4, dtype="float32").reshape(4, 2, 2)
    y = np.array([0, 1, 2, 2])
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(4, activation="softmax", kernel_initializer="identity"),
        ]
    )
    model.compile(
        optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(x, y, epochs=1, verbose=0)
    path = os.path.join(tempfile.mkdtemp(), "model")
    model.save(path)
    loaded = tf.keras.models.load_model(path)
    counted = float(np.mean(loaded.predict(x).argmax(axis=1) == y))
    return loaded.evaluate(x, y, verbose=0)[1], counted


try:
    reported, counted = reported_and_counted()
    print("reported %s, counted %s" % (reported, counted))
    verdict = "absent" if abs(reported - counted) < 1e-6 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
