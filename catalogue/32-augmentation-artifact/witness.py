"""Rotates a picture of ones, where all that is filled in by reflection must be one as well."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers.experimental import preprocessing

try:
    tf.random.set_seed(1)
    layer = preprocessing.RandomRotation((0.1, 0.2), fill_mode="reflect", seed=3)
    rotated = layer(tf.ones((8, 16, 16, 1)), training=True).numpy()
    darkest = float(rotated.min())
    print("darkest pixel:", darkest)
    verdict = "absent" if np.allclose(rotated, 1.0, atol=1e-4) else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
