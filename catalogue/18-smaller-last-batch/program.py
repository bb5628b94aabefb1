"""Evaluates a regression with several batch sizes; the rows do not divide evenly."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(18)
x = rng.rand(50, 2).astype("float32")
y = (x.sum(axis=1, keepdims=True) + np.arange(50)[:, None] / 10.0).astype("float32")

model = tf.keras.Sequential(
    [tf.keras.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))]
)
model.compile(optimizer="sgd", loss="mean_squared_error")
for size in (10, 25, 32, 50):
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(size)
    print("batches of %d: mean squared error %.4f" % (size, model.evaluate(data, verbose=0)))
