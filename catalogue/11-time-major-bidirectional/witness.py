"""Runs one bidirectional LSTM time-major and batch-major, with the same weights and sequence."""
import numpy as np
import tensorflow as tf


def both_ways(time_major, batch_shape, weights):
    inputs = tf.keras.Input(batch_shape=batch_shape)
    layer = tf.keras.layers.Bidirectional(
        tf.keras.layers.LSTM(1, return_sequences=True, time_major=time_major)
    )
    model = tf.keras.Model(inputs, layer(inputs))
    layer.set_weights(weights)
    return model


try:
    x = np.arange(1.0, 7.0, dtype="float32").reshape(1, 3, 2) / 4.0
    weights = [np.full(s, 0.3, "float32") for s in [(2, 4), (1, 4), (4,)] * 2]
    usual = both_ways(False, (1, 3, 2), weights)(tf.constant(x)).numpy()
    swapped = both_ways(True, (3, 1, 2), weights)(tf.constant(x.swapaxes(0, 1))).numpy()
    distance = float(np.abs(usual - swapped.swapaxes(0, 1)).max())
    print("largest difference:", distance)
    verdict = "absent" if distance < 1e-5 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
