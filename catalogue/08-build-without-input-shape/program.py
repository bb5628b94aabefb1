"""Plans the shapes of a small image pipeline from a layer of its own, before any image is read."""
import numpy as np
import tensorflow as tf


class Brightness(tf.keras.layers.Layer):
    def build(self, input_shape):
        print("build:", input_shape)
        self.gain = self.add_weight("gain", shape=(), initializer="ones")
        super(Brightness, self).build(input_shape)

    def call(self, inputs):
        return inputs * self.gain


brightness = Brightness()
print("planned:", brightness.compute_output_shape((None, 5, 5, 1)))

inputs = tf.keras.Input(shape=(5, 5, 1))
outputs = brightness(inputs)
model = tf.keras.Model(inputs, outputs)
print("output:", outputs.shape)
print("parameters:", brightness.count_params())
print(model.predict(np.ones((1, 5, 5, 1), dtype="float32")).mean())
