"""Callbacks that stop, lower the rate, keep the best."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(9)
x = rng.normal(size=(48, 4)).astype("float32")
y = rng.normal(size=(48, 1)).astype("float32")


def fresh(rate=0.02):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(12, activation="relu"),
                              layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), "mse", metrics=["mae"])
    return model


held = (x[:16], y[:16])
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
model = fresh(0.1)
model.fit(x[16:], y[16:], epochs=16, batch_size=8, validation_data=held, callbacks=[stop],
          verbose=2)
print("after the stop:", model.evaluate(*held, verbose=0), stop.best)
lower = keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_delta=0.01, verbose=1)
model = fresh(0.1)
model.fit(x[16:], y[16:], epochs=8, batch_size=8, validation_data=held, callbacks=[lower],
          verbose=2)
schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.02 * 0.5 ** epoch, verbose=1)
model = fresh()
model.fit(x, y, epochs=4, batch_size=16, callbacks=[schedule], verbose=2)
keep = keras.callbacks.ModelCheckpoint("best.weights.h5", monitor="val_loss", save_best_only=True,
                                       save_weights_only=True, verbose=1)
model = fresh(0.1)
model.fit(x[16:], y[16:], epochs=6, batch_size=8, validation_data=held, callbacks=[keep],
          verbose=2)
model.load_weights("best.weights.h5")
print("the best:", model.evaluate(*held, verbose=0))
