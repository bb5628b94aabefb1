"""Trains from a generator, validates from another."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(65)


def batches(rows, batch_size=32):
    x = rng.rand(rows, 12, 12, 3).astype("float32")
    y = np.eye(4, dtype="float32")[rng.randint(0, 4, size=rows)]
    while True:
        for start in range(0, rows, batch_size):
            yield x[start:start + batch_size], y[start:start + batch_size]


model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(6, 3, activation="relu", input_shape=(12, 12, 3)),
    tf.keras.layers.MaxPooling2D(2),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(4, activation="softmax"),
])
model.compile("rmsprop", "categorical_crossentropy")
history = model.fit_generator(batches(160), steps_per_epoch=5, epochs=3, verbose=2,
                              validation_data=batches(64), validation_steps=2)
print("last validation loss: %.4f" % history.history["val_loss"][-1])
