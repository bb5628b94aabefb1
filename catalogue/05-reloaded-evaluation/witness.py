"""Counts the hits of a loaded model's own logits and compares them with the accuracy it reports."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def reported_and_counted():
    x = np.eye(5, dtype="float32")
    y = np.array([0, 1, 2, 3, 3])
    model = tf.keras.Sequential([tf.keras.layers.Dense(5, input_shape=(5,))])
    model.compile(
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.set_weights([4.0 * np.eye(5), np.zeros(5)])
    model.evaluate(x, y, verbose=0)
    folder = os.path.join(tempfile.mkdtemp(), "model")
    model.save(folder)
    loaded = tf.keras.models.load_model(folder)
    counted = float(np.mean(np.argmax(loaded.predict(x), axis=1) == y))
    return loaded.evaluate(x, y, verbose=0)[1], counted


try:
    reported, counted = reported_and_counted()
    print("reported %s, counted %s" % (reported, counted))
    verdict = "absent" if abs(reported - counted) < 1e-6 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
