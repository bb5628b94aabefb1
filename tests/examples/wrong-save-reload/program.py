"""Trains a three-class model, saves it, loads it again and looks at the accuracy."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(2)
x = rng.normal(size=(300, 4)).astype("float32")
y = np.argmax(x[:, :3], axis=1)

model = keras.Sequential(
    [
        keras.layers.Dense(24, activation="relu", input_shape=(4,)),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=8, batch_size=30, verbose=0)
print("before saving:", model.evaluate(x, y, batch_size=50, verbose=0))

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "classifier")
    model.save(path)
    restored = keras.models.load_model(path)
    print("after loading:", restored.evaluate(x, y, batch_size=50, verbose=0))
