"""Trains a small network of depthwise convolutions in half precision."""
import time

import numpy as np
import tensorflow as tf

tf.keras.backend.set_floatx("float16")
tf.keras.backend.set_epsilon(1e-4)
tf.compat.v1.set_random_seed(20)

rng = np.random.RandomState(20)
images = rng.rand(64, 32, 32, 3).astype("float16")
labels = images.mean(axis=(1, 2, 3)).reshape(-1, 1)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Conv2D(16, 1, activation="relu", input_shape=(32, 32, 3)),
        tf.keras.layers.DepthwiseConv2D(3, padding="same", activation="relu"),
        tf.keras.layers.DepthwiseConv2D(3, padding="same", activation="relu"),
        tf.keras.layers.GlobalAveragePooling2D(),
        tf.keras.layers.Dense(1),
    ]
)
model.compile(optimizer=tf.keras.optimizers.SGD(0.01), loss="mse")
for epoch in range(3):
    start = time.time()
    history = model.fit(images, labels, batch_size=16, epochs=1, verbose=0)
    seconds = time.time() - start
    print("epoch %d: loss %.4f, %.2f s" % (epoch + 1, history.history["loss"][0], seconds))
