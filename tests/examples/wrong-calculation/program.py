"""Evaluates a regression over a dataset whose last batch is smaller than the others."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(6)
x = rng.rand(70, 3).astype("float32")
y = (x.sum(axis=1, keepdims=True) + np.linspace(0, 2, 70)[:, None]).astype("float32")

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y, epochs=2, batch_size=10, verbose=0)

data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
print("mean squared error:", model.evaluate(data, verbose=0))
