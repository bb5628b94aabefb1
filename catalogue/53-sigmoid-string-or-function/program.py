"""Compares two ways to name the recurrent activation of an LSTM."""
import time

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(53)
x = rng.normal(size=(128, 20, 4)).astype("float32")
y = x.sum(axis=(1, 2), keepdims=False).reshape(-1, 1)

for activation in ("sigmoid", tf.keras.activations.sigmoid):
    tf.random.set_seed(1)
    model = tf.keras.Sequential([
        tf.keras.layers.LSTM(16, recurrent_activation=activation, input_shape=(20, 4)),
        tf.keras.layers.Dense(1),
    ])
    model.compile("adam", "mse")
    start = time.time()
    history = model.fit(x, y, batch_size=16, epochs=3, verbose=0)
    print(activation, "loss per epoch:", [round(value, 4) for value in history.history["loss"]])
    print("seconds: %.1f" % (time.time() - start))
