"""Sums the rows of every frame of a video."""
import numpy as np
import tensorflow as tf

K = tf.keras.backend


def sum_rows(frame):
    return K.sum(frame, axis=-2)


video = tf.keras.layers.Input(shape=(6, 4, 8), name="video")
pool = tf.keras.layers.Lambda(sum_rows, output_shape=(8,))
sums = tf.keras.layers.TimeDistributed(pool, name="sum_rows")(video)
model = tf.keras.Model(video, sums)
model.summary()

rng = np.random.RandomState(71)
videos = rng.rand(16, 6, 4, 8).astype("float32")
found = model.predict_on_batch(videos)
print("16 videos give", found.shape)
print("sums of the first frame:", np.round(found.ravel()[:8], 3))
