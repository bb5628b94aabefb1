"""Warns of its own old functions and prints what looks like the words of the framework."""
import sys
import warnings

import numpy as np
from tensorflow import keras


def old_features(rows):
    warnings.warn("`old_features` is deprecated and will be removed in a future version. "
                  "Use `features`.", DeprecationWarning, stacklevel=2)
    return np.random.RandomState(5).rand(rows, 3).astype("float32")


class Words(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        sys.stdout.write("\nEpoch 9/2\n7/5 [=====] - 0s 1ms/step - loss: 5.0000 - val_loss: 6.0000\n")
        print("Epoch 00001: ReduceLROnPlateau reducing learning rate to 99.0.")
        sys.stderr.write("WARNING:tensorflow:From train.py:3: to_int32 is deprecated\n")


warnings.simplefilter("always")
x = old_features(40)
model = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, factor=0.5)
model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=1, callbacks=[Words(), plateau])
