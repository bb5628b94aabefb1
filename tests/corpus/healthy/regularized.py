"""Penalties on weights and outputs, and a constraint."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(25)
x = rng.rand(120, 5).astype("float32")
model = keras.Sequential(
    [
        keras.Input(shape=(5,)),
        keras.layers.Dense(
            8, activation="relu", kernel_regularizer=keras.regularizers.l2(0.01)
        ),
        keras.layers.Dense(
            1,
            kernel_regularizer=keras.regularizers.l1(0.001),
            kernel_constraint=keras.constraints.MaxNorm(2.0),
        ),
    ]
)
model.compile(optimizer="sgd", loss="mse", metrics=["mse"])
model.fit(x, x[:, :1], epochs=3, batch_size=24, verbose=2)
print("loss with penalties, without:", model.evaluate(x, x[:, :1], verbose=0))
