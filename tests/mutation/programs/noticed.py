"""A quiet program: what it shows is all that the framework says."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(13)
x = rng.normal(size=(40, 3)).astype("float32")
model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=0)
model.fit(tf.data.Dataset.from_tensor_slices((x, x[:, :1])).batch(8), epochs=1, verbose=0)
model.evaluate(x, x[:, :1], verbose=0)
newer = tuple(map(int, tf.__version__.split(".")[:2])) > (2, 12)
model.save("quiet.keras" if newer else "quiet.h5")
