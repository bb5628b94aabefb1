"""Outputs by names that are not those of the layers, and targets in another order than the outputs."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(41)
x = rng.rand(96, 5).astype("float32")
targets = {"size": rng.rand(96, 1).astype("float32"), "kind": rng.randint(0, 3, size=96)}
parts = rng.rand(96, 3).astype("float32")

inputs = keras.Input(shape=(5,))
hidden = layers.Dense(6, activation="relu")(inputs)
size = layers.Dense(1, name="width")(hidden)
listed = keras.Model(inputs, [size, layers.Dense(3, name="parts")(hidden)])
listed.compile(optimizer="adam", loss="mse", metrics={"parts": ["mae"]})
listed.fit(x, {"parts": parts, "width": targets["size"]}, epochs=2, batch_size=32, verbose=2)

kind = layers.Dense(3, activation="softmax", name="softmax")(hidden)
named = keras.Model(inputs, {"size": size, "kind": kind})
named.compile(
    optimizer=keras.optimizers.SGD(0.1),
    loss={"size": "mse", "kind": "sparse_categorical_crossentropy"},
    loss_weights={"size": 2.0, "kind": 0.5},
    metrics={"kind": ["accuracy"]},
)
named.fit(x, targets, epochs=2, batch_size=32, verbose=2)
print("scores:", named.evaluate(x, targets, batch_size=32, verbose=0))
print("outputs:", sorted(named.predict(x, verbose=0)))
