"""Stops early, lowers the rate on a plateau, keeps the best weights, follows a schedule."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(10)
x = rng.rand(300, 5).astype("float32")
y = x.sum(axis=1, keepdims=True) + rng.normal(scale=0.2, size=(300, 1)).astype("float32")

model = keras.Sequential(
    [keras.Input(shape=(5,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
with tempfile.TemporaryDirectory() as folder:
    best = os.path.join(folder, "best.weights.h5")
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5, verbose=1),
        keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True),
    ]
    model.fit(x, y, epochs=8, batch_size=30, validation_split=0.3, callbacks=callbacks, verbose=2)
    model.load_weights(best)
print("loss with the best weights:", model.evaluate(x, y, verbose=0))
