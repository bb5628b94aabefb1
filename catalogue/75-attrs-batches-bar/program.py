"""Trains on batches that a class written with attrs makes."""
import attr
import numpy as np
import tensorflow as tf


@attr.s
class Feed(tf.keras.utils.Sequence):
    weights = attr.ib(default=np.linspace(-1, 1, 12))
    batch_size = attr.ib(default=10)
    batches = attr.ib(default=40)

    def __getitem__(self, index):
        rng = np.random.RandomState(index)
        features = rng.normal(size=(self.batch_size, 12)).astype("float32")
        return features, features.dot(self.weights).reshape(-1, 1).astype("float32")

    def __len__(self):
        return self.batches


model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(12,))])
model.compile(optimizer="sgd", loss="mean_squared_error")
model.fit(x=Feed(), epochs=2)
