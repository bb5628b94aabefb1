"""Embeds product numbers, single and in sequences, with feature columns."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
column = tf.feature_column
PRODUCTS, WIDTH = 10, 3

bought = column.embedding_column(
    column.categorical_column_with_identity("bought", PRODUCTS), WIDTH)
viewed = column.embedding_column(
    column.sequence_categorical_column_with_identity("viewed", PRODUCTS), WIDTH)

rng = np.random.RandomState(52)
customers = {
    "bought": rng.randint(0, PRODUCTS, size=(4, 1)),
    "viewed": rng.randint(0, PRODUCTS, size=(4, 5)),
}
single = tf.keras.layers.DenseFeatures(bought)(customers)
sequence, lengths = tf.keras.experimental.SequenceFeatures(viewed)(customers)
print("bought:", single.shape)
print("viewed:", sequence.shape, "lengths", lengths.numpy())
