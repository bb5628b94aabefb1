"""A trained base is frozen under a new head, then part of it is released."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(16)
x = rng.rand(160, 6).astype("float32")

base_input = keras.Input(shape=(6,))
hidden = keras.layers.Dense(12, activation="relu")(base_input)
base = keras.Model(base_input, keras.layers.Dense(6, activation="relu")(hidden), name="base")
base.compile(optimizer="adam", loss="mse")
base.fit(x, x, epochs=2, batch_size=16, verbose=0)

base.trainable = False
inputs = keras.Input(shape=(6,))
model = keras.Model(inputs, keras.layers.Dense(1)(base(inputs, training=False)))
model.compile(optimizer="adam", loss="mse")
before = base.get_weights()
model.fit(x, x[:, :1], epochs=2, batch_size=16, verbose=0)
print("base unchanged:", all((a == b).all() for a, b in zip(before, base.get_weights())))
base.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="mse")
model.fit(x, x[:, :1], epochs=1, batch_size=16, verbose=0)
print("loss:", model.evaluate(x, x[:, :1], verbose=0))
