"""A callback of our own evaluates a held-out set after every epoch."""
import numpy as np
from tensorflow import keras


class HeldOut(keras.callbacks.Callback):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y, self.losses = x, y, []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(self.model.evaluate(self.x, self.y, verbose=0))


rng = np.random.RandomState(0)
model = keras.Sequential(
    [keras.layers.Dense(8, activation="relu", input_shape=(6,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x, y = rng.rand(32, 6).astype("float32"), rng.rand(32, 1).astype("float32")
held_out = HeldOut(x[:8], y[:8])
model.fit(x, y, epochs=60, verbose=0, callbacks=[held_out])
print("best of %d epochs: %.4f" % (len(held_out.losses), min(held_out.losses)))
