"""A stack of dilated convolutions over spectrograms of any length; prints the shapes on the way."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(26)
inputs = tf.keras.Input(shape=(None, 32, 4))
x = inputs
for rate in (1, 2, 4):
    x = tf.keras.layers.ZeroPadding2D(((rate, 0), (1, 1)))(x)
    x = tf.keras.layers.Conv2D(4, (2, 3), dilation_rate=(rate, 1))(x)
    print("dilation rate %d: %s" % (rate, x.shape))
    x = tf.keras.layers.LayerNormalization()(x)
model = tf.keras.Model(inputs, x)
print("output shape:", model.output_shape)

spectrogram = np.random.RandomState(26).rand(1, 10, 32, 4).astype("float32")
print("of ten frames:", model.predict(spectrogram).shape)
