"""Half precision in the layers, single precision in the output."""
import numpy as np
from tensorflow import keras

keras.mixed_precision.set_global_policy("mixed_bfloat16")

rng = np.random.RandomState(9)
x = rng.rand(128, 10).astype("float32")
y = (x[:, :1] - x[:, 1:2]).astype("float32")

inputs = keras.Input(shape=(10,))
hidden = keras.layers.Dense(16, activation="relu")(inputs)
outputs = keras.layers.Dense(1, dtype="float32")(hidden)
model = keras.Model(inputs, outputs)
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y, epochs=3, batch_size=32, verbose=0)
print("loss:", model.evaluate(x, y, verbose=0))
