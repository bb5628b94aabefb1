"""Initializers, regularizers, constraints, schedules and clipping."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(8)
x = rng.normal(size=(64, 30)).astype("float32")
y = x[:, :2] * 2
initial = keras.initializers
frozen = layers.Dense(30, kernel_initializer=initial.RandomNormal(stddev=0.3, seed=3), name="still")
frozen.trainable = False
model = keras.Sequential([
    keras.Input((30,)), frozen,
    layers.Dense(40, kernel_initializer=initial.GlorotUniform(seed=5)
                 if hasattr(initial, "GlorotUniform") else "glorot_uniform",
                 bias_initializer=initial.Constant(0.3), name="wide"),
    layers.Dense(20, kernel_initializer=initial.Orthogonal(), activation="relu",
                 kernel_regularizer=keras.regularizers.l2(0.02), name="turned"),
    layers.Dense(20, kernel_initializer="he_normal", bias_initializer="ones",
                 kernel_constraint=keras.constraints.MaxNorm(0.9), name="bounded"),
    layers.Dense(30, name="again",
                 kernel_initializer=initial.RandomNormal(stddev=0.3, seed=3)),
    layers.Dense(30, name="twice",
                 kernel_initializer=initial.RandomNormal(stddev=0.3, seed=3)),
    layers.Dense(2, kernel_initializer=initial.RandomUniform(-0.2, 0.2),
                 kernel_constraint=keras.constraints.NonNeg(), name="positive")])
rate = keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=3, decay_rate=0.5)
model.compile(keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, clipnorm=0.7), "mse")
model.fit(x, y, epochs=2, batch_size=16, verbose=0)
model.compile(keras.optimizers.RMSprop(0.002, rho=0.8), "mae")
model.fit(x, y, epochs=1, batch_size=16, verbose=0)
model.compile("adagrad", "mse")
model.fit(x, y, epochs=1, batch_size=16, verbose=0)
model.compile(keras.optimizers.Adam(0.004), "mse")
model.fit(x, y, epochs=1, batch_size=16, verbose=0)
rate = model.optimizer.learning_rate
try:
    rate.assign(0.001)
except AttributeError:
    model.optimizer.learning_rate = 0.001
model.fit(x, y, epochs=1, batch_size=16, verbose=0)
