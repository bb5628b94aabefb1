"""A bidirectional LSTM over time-major sequences, as speech pipelines use them."""
import numpy as np
import tensorflow as tf

steps, features = 5, 3
inputs = tf.keras.Input(shape=(steps, features))
time_major = tf.keras.layers.Lambda(lambda x: tf.transpose(x, [1, 0, 2]))(inputs)
states = tf.keras.layers.Bidirectional(
    tf.keras.layers.LSTM(2, return_sequences=True, time_major=True), name="both_ways"
)(time_major)
outputs = tf.keras.layers.Lambda(lambda x: tf.transpose(x, [1, 0, 2]))(states)
model = tf.keras.Model(inputs, outputs)

rng = np.random.RandomState(11)
layer = model.get_layer("both_ways")
layer.set_weights([rng.uniform(-1, 1, w.shape) for w in layer.get_weights()])
x = rng.rand(2, steps, features).astype("float32")
print("forward and backward states of the first sequence:")
print(model.predict(x)[0])
