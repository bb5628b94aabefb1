"""Trains a small network of digits and records a profile of its second batch."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(74)
digits = rng.rand(320, 16, 16, 1).astype("float32")
labels = rng.randint(0, 10, size=320)

model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(16, 16, 1)),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
logs = tempfile.mkdtemp()
board = tf.keras.callbacks.TensorBoard(log_dir=logs, histogram_freq=0, profile_batch=2)
model.fit(digits, labels, epochs=2, verbose=2, callbacks=[board])
for folder, _, names in os.walk(logs):
    for name in sorted(names):
        size = os.path.getsize(os.path.join(folder, name))
        print("wrote a %s file, %s" % (os.path.splitext(name)[1], "empty" if not size else "not empty"))
