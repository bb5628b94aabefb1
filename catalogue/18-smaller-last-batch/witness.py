"""Evaluates three rows of loss 4, 4 and 16 in batches of two: their mean is 8."""
import numpy as np
import tensorflow as tf


def loss_in_batches_of(size):
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(1,))]
    )
    model.compile(optimizer="sgd", loss="mse")
    y = np.array([[2.0], [2.0], [4.0]], dtype="float32")
    data = tf.data.Dataset.from_tensor_slices((np.ones_like(y), y)).batch(size)
    return float(model.evaluate(data, verbose=0))


try:
    whole, split = loss_in_batches_of(3), loss_in_batches_of(2)
    print("one batch: %s; batches of two: %s" % (whole, split))
    if abs(whole - 8.0) > 1e-4:
        verdict = "cannot tell"
    elif abs(split - 8.0) < 1e-4:
        verdict = "absent"
    else:
        # 4 and 16 averaged as if both batches had the same size.
        verdict = "present" if abs(split - 10.0) < 1e-4 else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
