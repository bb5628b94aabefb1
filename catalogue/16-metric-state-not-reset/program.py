"""Averages the error of two rounds in a compiled function, with a fresh metric for each round."""
import numpy as np
import tensorflow as tf

error = tf.keras.metrics.Mean(name="error")


@tf.function
def two_rounds(first, second):
    error.update_state(first)
    mean_of_first = error.result()
    error.reset_states()
    error.update_state(second)
    return mean_of_first, error.result()


rng = np.random.RandomState(16)
first = tf.constant(rng.uniform(4.0, 5.0, size=20), tf.float32)
second = tf.constant(rng.uniform(1.0, 2.0, size=20), tf.float32)
for name, mean in zip(("first", "second"), two_rounds(first, second)):
    print("%s round: mean error %.4f" % (name, mean.numpy()))
