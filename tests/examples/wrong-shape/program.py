"""A layer of our own that scales its two features, put into a functional model."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class Scale(keras.layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(dynamic=True, **kwargs)
        self.factor = factor

    def call(self, inputs):
        return tf.convert_to_tensor(inputs.numpy() * self.factor)

    def compute_output_shape(self, input_shape):
        return [(None, 2)]


inputs = keras.Input(shape=(2,))
scaled = Scale(0.5, name="scale")(inputs)
model = keras.Model(inputs, scaled)
model.summary()

x = np.random.RandomState(0).rand(8, 2).astype("float32")
print("scaled:", Scale(0.5)(x).numpy().mean(axis=0))
