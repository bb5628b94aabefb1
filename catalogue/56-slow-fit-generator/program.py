"""Trains on images that a generator shifts and flips."""
import time

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(56)
images = rng.rand(256, 16, 16, 3).astype("float32")
labels = (images[:, :8].mean(axis=(1, 2, 3)) > 0.5).astype("int32")


def augmented(batch_size=16):
    while True:
        rows = rng.randint(0, len(images), size=batch_size)
        batch = images[rows]
        if rng.rand() < 0.5:
            batch = batch[:, :, ::-1]
        yield np.roll(batch, rng.randint(-2, 3), axis=2), labels[rows]


model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(16, 16, 3)),
    tf.keras.layers.Conv2D(8, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
for epoch in range(3):
    start = time.time()
    history = model.fit_generator(augmented(), steps_per_epoch=40, epochs=1, verbose=0)
    print("epoch %d: loss %.4f, %.1f s"
          % (epoch + 1, history.history["loss"][0], time.time() - start))
