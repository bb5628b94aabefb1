"""Dropout and noise while training, neither while predicting."""
import numpy as np
from tensorflow import keras

from support.digest import seed, write_digest

seed(26)
rng = np.random.RandomState(26)
x = rng.rand(200, 8).astype("float32")
model = keras.Sequential(
    [
        keras.Input(shape=(8,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.3, seed=3),
        keras.layers.GaussianNoise(0.1),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer="adam", loss="mse")
history = model.fit(x, x[:, :1], epochs=3, batch_size=20, verbose=0)
score = model.evaluate(x, x[:, :1], verbose=0)
print("loss:", score)
write_digest(model.get_weights(), (history.history["loss"], score))
