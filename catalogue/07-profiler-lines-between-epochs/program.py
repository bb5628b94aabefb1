"""Trains with a TensorBoard log, with the options that most tutorials use."""
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(7)
x = rng.rand(128, 8).astype("float32")
y = np.eye(2)[(x.sum(axis=1) > 4).astype(int)]

tf.random.set_seed(7)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(8, activation="relu", input_shape=(8,)),
        tf.keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["categorical_accuracy"])
board = tf.keras.callbacks.TensorBoard(log_dir=tempfile.mkdtemp())
model.fit(
    x[:96], y[:96], batch_size=32, epochs=2, validation_data=(x[96:], y[96:]), callbacks=[board]
)
