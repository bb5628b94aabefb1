"""Two heads whose metrics are given by name in a dict; the model is saved and loaded."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(1)
x = rng.normal(size=(150, 6)).astype("float32")
y = {"kind": np.argmax(x[:, :3], 1), "sign": (x[:, 3] > 0).astype("float32")}
inputs = keras.Input((6,))
hidden = keras.layers.Dense(20, activation="relu")(inputs)
model = keras.Model(inputs, [keras.layers.Dense(3, activation="softmax", name="kind")(hidden),
                             keras.layers.Dense(1, activation="sigmoid", name="sign")(hidden)])
model.compile("adam", {"kind": "sparse_categorical_crossentropy", "sign": "binary_crossentropy"},
              metrics={"kind": "accuracy", "sign": "accuracy"})
model.fit(x, y, epochs=8, verbose=0)
print("before saving:", model.evaluate(x, y, verbose=0))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "heads")
    model.save(path)
    print("after loading:", keras.models.load_model(path).evaluate(x, y, verbose=0))
