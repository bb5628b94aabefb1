"""Trains, evaluates and predicts with every argument that says how."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(1)
x = rng.normal(size=(80, 6)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0.2).astype("int32")
model = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(7, activation="tanh"),
    layers.Dense(2, activation="softmax"),
])
model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy",
              metrics=["accuracy"])
newer = tuple(map(int, tf.__version__.split(".")[:2])) > (2, 1)
how = {"validation_batch_size": 10} if newer else {}
model.fit(x, y, batch_size=20, epochs=3, initial_epoch=0, validation_data=(x[:30], y[:30]),
          shuffle=True, verbose=1, **how)
model.fit(x, y, batch_size=20, epochs=5, initial_epoch=3, shuffle=True, verbose=2)
model.fit(x, y, batch_size=20, epochs=2, shuffle=False, verbose=0)
print("scores:", model.evaluate(x, y, batch_size=25, verbose=1))
print("shape:", model.predict(x, batch_size=20, verbose=0).shape)
