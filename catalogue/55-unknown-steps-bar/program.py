"""Trains on a dataset of known size and shows the progress."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(55)
x = rng.normal(size=(320, 10)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32")
rows = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)

model = tf.keras.Sequential([
    tf.keras.layers.Dense(12, activation="relu", input_shape=(10,)),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(rows, epochs=3, verbose=1)
print("loss: %.4f, accuracy: %.4f" % tuple(model.evaluate(rows, verbose=0)))
