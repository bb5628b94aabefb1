"""Evaluates a classifier that shares its layers before and after a reload from HDF5."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def accuracies():
    x = 6.0 * np.eye(3, dtype="float32")
    y = np.arange(3)
    inputs = tf.keras.Input(shape=(3,))
    scores = tf.keras.layers.Dense(3, kernel_initializer="identity")(inputs)
    classifier = tf.keras.Model(inputs, tf.keras.layers.Activation("softmax")(scores))
    classifier.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    tf.keras.Model(inputs, tf.keras.layers.Dense(1)(scores)).compile(optimizer="adam", loss="mse")
    before = classifier.evaluate(x, y, verbose=0)[1]
    path = os.path.join(tempfile.mkdtemp(), "classifier.h5")
    classifier.save(path)
    loaded = tf.keras.models.load_model(path)
    same = np.array_equal(classifier.predict(x), loaded.predict(x))
    return same, before, loaded.evaluate(x, y, verbose=0)[1]


try:
    same, before, after = accuracies()
    print("predictions equal: %s; accuracy %s before, %s after" % (same, before, after))
    if not same or before != 1.0:
        verdict = "cannot tell"
    else:
        verdict = "absent" if after == before else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
