"""Trains from a Sequence of batches, with fewer steps an epoch than it has batches."""
import numpy as np
import tensorflow as tf


class Batches(tf.keras.utils.Sequence):
    def __init__(self):
        rng = np.random.RandomState(22)
        self.x = rng.rand(20, 8, 4).astype("float32")
        self.y = self.x.sum(axis=2, keepdims=True)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


class CountBatches(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.batches = 0

    def on_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        print("epoch %d: %d batches, loss %.4f" % (epoch + 1, self.batches, logs["loss"]))


tf.compat.v1.set_random_seed(22)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(4,))])
model.compile(optimizer="sgd", loss="mse")
model.fit_generator(
    Batches(), steps_per_epoch=8, epochs=3, shuffle=False, verbose=0, callbacks=[CountBatches()]
)
