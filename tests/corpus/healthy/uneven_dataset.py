"""A tf.data pipeline whose last batch is smaller."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(12)
x = rng.rand(70, 3).astype("float32")
y = x.sum(axis=1, keepdims=True) + np.linspace(0, 1, 70, dtype="float32")[:, None]
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32).prefetch(1)

model = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
model.fit(data, epochs=3, validation_data=data)
print("scores:", model.evaluate(data))
print("rows predicted:", len(model.predict(data)))
