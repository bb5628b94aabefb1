"""Reloads an HDF5 model whose logits put every row right and evaluates its accuracy."""
import os
import tempfile

import numpy as np
import tensorflow as tf


def accuracy_after_loading():
    x = 3.0 * np.eye(4, dtype="float32").reshape(4, 2, 2, 1)
    y = np.arange(4)
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Conv2D(
                1, 1, use_bias=False, kernel_initializer="ones", input_shape=(2, 2, 1)
            ),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(4, kernel_initializer="identity"),
        ]
    )
    model.compile(
        optimizer="adam",
        loss=tf.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.evaluate(x, y, verbose=0)
    path = os.path.join(tempfile.mkdtemp(), "model.h5")
    model.save(path)
    loaded = tf.keras.models.load_model(path)
    right = np.array_equal(loaded.predict(x).argmax(axis=1), y)
    return right, loaded.evaluate(x, y, verbose=0)[1]


try:
    right, accuracy = accuracy_after_loading()
    print("every row right: %s; accuracy reported: %s" % (right, accuracy))
    verdict = "cannot tell" if not right else "absent" if accuracy == 1.0 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
