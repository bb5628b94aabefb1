"""Scores a table with a gap in it; the scoring function is compiled."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(14)
table = rng.uniform(-1.0, 1.0, size=(4, 6)).astype("float32")
table[2, 3] = np.nan


@tf.function(experimental_compile=True)
def scores(rows):
    return tf.keras.activations.relu(rows)


print("rows with a gap, before:", np.isnan(table).any(axis=1))
print("rows with a gap, after: ", np.isnan(scores(tf.constant(table)).numpy()).any(axis=1))
print(scores(tf.constant(table)).numpy().round(3))
