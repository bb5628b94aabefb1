"""Applies one small network to every step of a sequence."""
import numpy as np
from tensorflow import keras

frame = keras.Input(shape=(6,), name="frame")
encoder = keras.Model(
    frame, keras.layers.Dense(4, activation="relu", name="encode")(frame), name="encoder"
)

sequence = keras.Input(shape=(5, 6), name="sequence")
encoded = keras.layers.TimeDistributed(encoder, name="each_frame")(sequence)
model = keras.Model(sequence, keras.layers.Flatten()(encoded))
model.compile(optimizer="sgd", loss="mse")

rng = np.random.RandomState(5)
x = rng.rand(64, 5, 6).astype("float32")
y = rng.rand(64, 20).astype("float32")
model.fit(x, y, batch_size=16, epochs=2, verbose=0)
print("loss:", model.evaluate(x, y, batch_size=16, verbose=0))
