"""An autoencoder whose decoder takes the encoder's kernel."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class Transposed(keras.layers.Layer):
    def __init__(self, other, **kwargs):
        super().__init__(**kwargs)
        self.other = other

    def build(self, shape):
        width = int(self.other.kernel.shape[0])
        self.bias = self.add_weight(name="bias", shape=(width,), initializer="zeros")
        super().build(shape)

    def call(self, inputs):
        return tf.matmul(inputs, self.other.kernel, transpose_b=True) + self.bias


x = np.random.RandomState(40).rand(96, 6).astype("float32")
encode = keras.layers.Dense(3, activation="relu", name="encode")
inputs = keras.Input(shape=(6,))
model = keras.Model(inputs, Transposed(encode, name="decode")(encode(inputs)))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
model.fit(x, x, epochs=3, batch_size=32, verbose=2)
print("weights that train:", len(model.trainable_weights))
