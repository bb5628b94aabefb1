"""Trains over datasets and generators with counted steps."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(2)
x = rng.normal(size=(96, 5)).astype("float32")
y = (x @ rng.normal(size=(5, 1)) + 0.3).astype("float32")
model = keras.Sequential([keras.Input((5,)), layers.Dense(6, activation="relu"), layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.02, momentum=0.9), loss="mse", metrics=["mae"])
whole = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
endless = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(96).repeat().batch(12)
model.fit(whole.shuffle(6), epochs=2, validation_data=whole, verbose=1)
model.fit(endless, epochs=3, steps_per_epoch=5, validation_data=endless, validation_steps=4,
          validation_freq=2, verbose=1)
model.evaluate(endless, steps=3, verbose=1)
model.evaluate(x, y, batch_size=20, verbose=0)
print(model.predict(whole, verbose=0).shape)
