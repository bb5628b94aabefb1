"""A layer that normalises a dictionary of features in place; the summary shows what was built."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers


class Similarity(layers.Layer):
    def call(self, inputs):
        features = inputs
        for name in features.keys():
            features[name] = tf.math.l2_normalize(features[name], axis=-1)
        return tf.reduce_sum(features["left"] * features["right"], axis=-1)


tf.random.set_seed(15)
inputs = layers.Input(shape=(8,), name="features")
views = {
    "left": layers.Dense(4, name="left")(inputs),
    "right": layers.Dense(4, name="right")(inputs),
}
model = tf.keras.Model(inputs, Similarity(name="similarity")(views))
model.summary()
print(model.predict(np.ones((2, 8), dtype="float32")).shape)
