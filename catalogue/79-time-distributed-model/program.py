"""Applies a small model to every frame of a clip."""
import numpy as np
import tensorflow as tf

frame = tf.keras.Input(shape=(2,), name="frame")
encoder = tf.keras.Model(frame, tf.keras.layers.Dense(2, activation="relu", name="encode")(frame),
                         name="encoder")

clip = tf.keras.Input(shape=(4, 2), name="clip")
encoded = tf.keras.layers.TimeDistributed(encoder, name="each_frame")(clip)
model = tf.keras.Model(clip, encoded)
model.compile("SGD", "mse")
model.summary()

rng = np.random.RandomState(79)
x = rng.rand(32, 4, 2).astype("float32")
model.fit(x, x[:, :, ::-1], batch_size=8, epochs=2, verbose=2)
