"""Enlarges small pictures with an up-sampling decoder."""
import numpy as np
import tensorflow as tf

steps = np.linspace(0, 1, 4, dtype="float32")
picture = (steps[:, np.newaxis] + steps[np.newaxis, :]).reshape(1, 4, 4, 1)

model = tf.keras.Sequential([
    tf.keras.layers.UpSampling2D(size=(2, 2), interpolation="bilinear", input_shape=(4, 4, 1)),
    tf.keras.layers.UpSampling2D(size=(2, 2), interpolation="bilinear"),
])
large = model.predict(picture)
print("shape:", large.shape)
print("first row:", np.round(large[0, 0, :, 0], 3))
print("last row: ", np.round(large[0, -1, :, 0], 3))
