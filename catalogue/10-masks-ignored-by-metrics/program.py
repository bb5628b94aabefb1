"""Fits padded sequences: the padding is masked, the error is watched as a metric."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(10)
x = rng.rand(32, 6, 3).astype("float32")
y = x.sum(axis=2, keepdims=True)
lengths = rng.randint(2, 6, size=32)
for row, length in enumerate(lengths):
    x[row, length:] = 0.0
    y[row, length:] = 0.0

tf.random.set_seed(10)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Masking(0.0, input_shape=(6, 3)),
        tf.keras.layers.Dense(8, activation="tanh"),
        tf.keras.layers.Dense(1, bias_initializer="ones"),
    ]
)
model.compile(
    optimizer=tf.keras.optimizers.Adam(0.01),
    loss="mse",
    metrics=[tf.keras.metrics.MeanSquaredError(name="error")],
)
model.fit(x, y, batch_size=32, epochs=3, verbose=2)
print("loss and error:", model.evaluate(x, y, batch_size=32, verbose=0))
print("on a batch:", model.test_on_batch(x[:8], y[:8]))
