"""Cuts a corner out of a batch of images with a strided slice and looks at the shape."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

images = tf.keras.Input((4, 6, 3), batch_size=1)
corner = tf.strided_slice(images, [0, 0, 0, 0], [1, -1, -2, 2])
print("input: ", images.shape)
print("corner:", corner.shape)

pixels = tf.constant(np.random.RandomState(21).rand(1, 4, 6, 3), tf.float32)
print("of real pixels:", tf.strided_slice(pixels, [0, 0, 0, 0], [1, -1, -2, 2]).shape)
