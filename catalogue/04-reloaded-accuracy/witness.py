"""Compares the accuracy of a SavedModel before and after loading, on predictions that agree."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def accuracies():
    x = np.eye(4, dtype="float32")
    y = np.arange(4)
    model = tf.keras.Sequential([tf.keras.layers.Dense(4, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.build((None, 4))
    model.set_weights([10.0 * np.eye(4), np.zeros(4)])
    before = model.evaluate(x, y, verbose=0)[1]
    folder = os.path.join(tempfile.mkdtemp(), "model")
    model.save(folder)
    loaded = tf.keras.models.load_model(folder)
    if not np.array_equal(loaded.predict(x).argmax(axis=1), y):
        return None
    return before, loaded.evaluate(x, y, verbose=0)[1]


try:
    seen = accuracies()
    print("accuracy before and after loading:", seen)
    if seen is None or seen[0] != 1.0:
        verdict = "cannot tell"
    else:
        verdict = "absent" if seen[1] == 1.0 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
