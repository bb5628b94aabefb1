"""Attention with several heads, written with the backend's batch_dot."""
import numpy as np
import tensorflow as tf

K = tf.keras.backend
HEADS, STEPS, WIDTH = 2, 5, 3


def scores(pair):
    query, key = pair
    return K.batch_dot(query, key)


query = tf.keras.Input(shape=(HEADS, STEPS, WIDTH), name="query")
key = tf.keras.Input(shape=(HEADS, WIDTH, STEPS), name="key")
weights = tf.keras.layers.Lambda(scores, name="scores")([query, key])
out = tf.keras.layers.Dense(1)(tf.keras.layers.Flatten()(weights))
model = tf.keras.Model([query, key], out)
model.summary()
model.compile("sgd", "mse")

rng = np.random.RandomState(46)
q = rng.normal(size=(32, HEADS, STEPS, WIDTH)).astype("float32")
k = rng.normal(size=(32, HEADS, WIDTH, STEPS)).astype("float32")
model.fit([q, k], rng.normal(size=(32, 1)).astype("float32"), epochs=2, verbose=2)
print("attention scores have shape", K.int_shape(weights))
