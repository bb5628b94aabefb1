"""Scores predictions where some of the measurements do not count."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(81)
x = rng.normal(size=(40, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True) + 0.3 * rng.normal(size=(40, 1)).astype("float32")
weights = (rng.rand(40) < 0.5).astype("float32")

for loss in ("mean_squared_error", tf.keras.losses.mean_squared_error):
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(1, kernel_initializer="ones", input_shape=(3,))])
    model.compile(optimizer="adam", loss=loss)
    value = model.evaluate(x, y, sample_weight=weights, verbose=0)
    print(getattr(loss, "__name__", loss), "over the weighted measurements: %.4f" % value)
