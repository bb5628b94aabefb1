"""The rate is set anew before each epoch."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(11)
x = rng.rand(200, 4).astype("float32")
y = x.mean(axis=1, keepdims=True)

model = keras.Sequential([keras.Input(shape=(4,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mae")
schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.5**epoch, verbose=1)
model.fit(x, y, epochs=4, batch_size=20, callbacks=[schedule], verbose=2)
