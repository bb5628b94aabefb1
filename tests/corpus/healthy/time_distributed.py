"""A dense layer applied to each step."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(21)
x = rng.rand(60, 5, 4).astype("float32")
model = keras.Sequential(
    [
        keras.Input(shape=(5, 4)),
        keras.layers.TimeDistributed(keras.layers.Dense(3, activation="relu")),
        keras.layers.TimeDistributed(keras.layers.Dense(1)),
    ]
)
model.compile(optimizer="sgd", loss="mse")
model.fit(x, x.sum(axis=2, keepdims=True), epochs=3, batch_size=15, verbose=0)
print("shape:", model.predict(x, verbose=0).shape)
