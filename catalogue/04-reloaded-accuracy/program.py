"""Saves a trained two-class model in the SavedModel format and evaluates it again after loading."""
import os
import tempfile

import numpy as np
import tensorflow as tf

points = np.array([[0, 0], [1, 0], [0, 1], [1, 1]] * 8, dtype="float32")
sides = np.array([0, 1, 0, 1] * 8)

tf.random.set_seed(4)
model = tf.keras.Sequential([tf.keras.layers.Dense(2, activation="softmax", name="output")])
model.compile(
    optimizer=tf.keras.optimizers.Adam(learning_rate=0.5),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
print("before training:", model.evaluate(points, sides, verbose=0))
model.fit(points, sides, epochs=10, verbose=0)
print("after training:", model.evaluate(points, sides, verbose=0))

folder = os.path.join(tempfile.mkdtemp(), "sides")
model.save(folder)
loaded = tf.keras.models.load_model(folder)
print("after loading:", loaded.evaluate(points, sides, verbose=0))
