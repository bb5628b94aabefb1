"""Does a dilated convolution with padding "same" know the height and width of its output?"""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

image = tf.keras.Input(shape=(100, 80, 3))
out = tf.keras.layers.Conv2D(10, (3, 3), padding="same", dilation_rate=2)(image)
shape = tuple(tf.keras.backend.int_shape(out))
print("shape:", shape)
known = {(None, 100, 80, 10): "absent", (None, None, None, 10): "present"}
print("witness:", known.get(shape, "cannot tell"))
