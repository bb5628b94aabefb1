"""A learning rate so large that the weights overflow, and the callback that ends that."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(44)
x = (rng.rand(50, 4) * 1e10).astype("float32")
model = keras.Sequential(
    [keras.Input(shape=(4,)), keras.layers.Dense(1, kernel_initializer="ones")]
)
model.compile(optimizer=keras.optimizers.SGD(1e20), loss="mse")
history = model.fit(
    x, rng.rand(50, 1), epochs=3, batch_size=10, callbacks=[keras.callbacks.TerminateOnNaN()]
)
print("finite:", np.isfinite(history.history["loss"][-1]))
