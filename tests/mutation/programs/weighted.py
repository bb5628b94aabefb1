"""Weights for rows and for classes, and weights for losses."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(3)
x = rng.normal(size=(60, 4)).astype("float32")
y = (x[:, 0] > 0.3).astype("int32")
inputs = keras.Input((4,))
hidden = layers.Dense(5, activation="relu")(inputs)
one = layers.Dense(2, activation="softmax", name="one")(hidden)
model = keras.Model(inputs, one)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, class_weight={0: 1.0, 1: 6.0}, epochs=2, batch_size=15, verbose=0)
rows = rng.uniform(0.1, 3.0, size=60).astype("float32")
model.fit(x, y, sample_weight=rows, epochs=2, batch_size=15, shuffle=False, verbose=0)
print("weighted:", model.evaluate(x, y, sample_weight=rows, batch_size=15, verbose=0))
both = keras.Model(inputs, [one, layers.Dense(1, name="two")(hidden)])
both.compile("adam", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1.0, 0.2],
             metrics={"one": "accuracy", "two": "mae"})
z = x[:, 1:2] * 3
both.fit(x, [y, z], epochs=2, batch_size=15, verbose=1)
print("two outputs:", both.evaluate(x, [y, z], batch_size=20, verbose=0))
print("one batch:", both.train_on_batch(x[:20], [y[:20], z[:20]]))
