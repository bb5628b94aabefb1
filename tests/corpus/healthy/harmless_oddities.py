"""Growing caches, broadcasting on purpose in a loss of its own, notices and bars of its own."""
import sys
import warnings

import numpy as np
import tensorflow as tf
from tensorflow import keras


def pairwise(y_true, y_pred):
    """Each target against each prediction of the batch, on purpose."""
    return tf.reduce_mean(tf.square(tf.reshape(y_true, (1, -1)) - tf.reshape(y_pred, (-1, 1))))


def old_rows(rows):
    warnings.warn("`old_rows` is deprecated, use `rows`.", DeprecationWarning, stacklevel=2)
    return rows


warnings.simplefilter("always")
rng = np.random.RandomState(40)
x = old_rows(rng.rand(32, 3).astype("float32"))
model = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss=pairwise)
cache = []
for step in range(20):
    cache.append(np.ones(100000))
    model.train_on_batch(x, x[:, :1])
    sys.stdout.write("\r%d/10 [==>...] - ETA: 0s - loss: 1.0000" % (step + 1))
print("\nEpoch 00002: val_loss improved from inf to 0.1, saving model to nowhere")
print("Total params: 12")
