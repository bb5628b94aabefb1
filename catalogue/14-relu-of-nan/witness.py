"""relu(NaN) is NaN: as it is, and compiled for the device that is there."""
import numpy as np
import tensorflow as tf


@tf.function(experimental_compile=True)
def compiled(x):
    return tf.keras.activations.relu(x)


try:
    x = tf.constant([np.nan, 1.0, -1.0, np.nan])
    results = [each(x).numpy() for each in (tf.keras.activations.relu, compiled)]
    print("relu of NaN, 1, -1, NaN:", [each.tolist() for each in results])
    if not all(each[1] == 1.0 and each[2] == 0.0 for each in results):
        verdict = "cannot tell"
    else:
        lost = [not np.isnan(each[[0, 3]]).all() for each in results]
        verdict = "present" if any(lost) else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
