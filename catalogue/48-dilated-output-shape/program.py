"""Marks bright spots of images with dilated convolutions."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

image = tf.keras.Input(shape=(24, 24, 3), name="image")
x = tf.keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="near")(image)
x = tf.keras.layers.Conv2D(8, (3, 3), padding="same", dilation_rate=2, activation="relu", name="far")(x)
mark = tf.keras.layers.Conv2D(1, 1, activation="sigmoid", name="mark")(x)
model = tf.keras.Model(image, mark)
model.summary()
model.compile("adam", "binary_crossentropy")

rng = np.random.RandomState(48)
images = rng.rand(32, 24, 24, 3).astype("float32")
marks = (images.mean(axis=-1, keepdims=True) > 0.6).astype("float32")
model.fit(images, marks, batch_size=8, epochs=2, verbose=2)
print("marks have shape", model.output_shape)
