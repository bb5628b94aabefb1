"""Cuts small values of measurements off, in the precision that the measurements have."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

rng = np.random.RandomState(76)
seconds = 1.0 + 1e-9 * rng.rand(5)
for values in (seconds, np.array([0.25, 1.5, 3.0], "float16")):
    cut = tf.keras.activations.relu(values, threshold=0.5)
    print("given", values.dtype, "result", cut.dtype.name)
    print("  ", cut.numpy())
print("spread of the seconds: %.3e s"
      % np.ptp(tf.keras.activations.relu(seconds, threshold=0.5).numpy()))
