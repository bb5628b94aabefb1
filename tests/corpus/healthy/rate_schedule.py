"""An optimizer with an exponentially decaying rate and clipped gradients."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(17)
x = rng.normal(size=(200, 5)).astype("float32")
y = (x @ np.arange(5.0)[:, None]).astype("float32")

schedule = keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=10, decay_rate=0.9)
model = keras.Sequential([keras.Input(shape=(5,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(schedule, clipnorm=1.0), loss="mse")
model.fit(x, y, epochs=4, batch_size=20, verbose=2)
