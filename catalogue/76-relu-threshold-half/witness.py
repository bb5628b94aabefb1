"""Has relu with a threshold the precision of its input?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
value = 1.0 + 2.0 ** -40
values = np.array([0.1, value])
plain = tf.keras.activations.relu(values)
cut = tf.keras.activations.relu(values, threshold=0.5)
print("without a threshold", plain.dtype.name, "with one", cut.dtype.name,
      "error %.2e" % abs(float(cut[1]) - value))
if plain.dtype != tf.float64:
    print("witness: cannot tell")
else:
    kept = cut.dtype == tf.float64 and float(cut[1]) == value and float(cut[0]) == 0
    print("witness:", "absent" if kept else "present")
