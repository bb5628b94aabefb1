"""Looks words up in vectors that were trained before, and classifies their mean."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

rng = np.random.RandomState(42)
vectors = rng.normal(size=(60, 8)).astype("float32")

lookup = tf.keras.Sequential([
    tf.keras.layers.Embedding(60, 8, weights=[vectors], trainable=False, name="word_vectors"),
])
lookup.compile("rmsprop", "mse")
words = rng.randint(0, 60, size=(40, 6))
found = lookup.predict(words)
print("vector of word %d:" % words[0, 0], np.round(found[0, 0], 3))

classifier = tf.keras.Sequential([tf.keras.layers.Dense(2, activation="softmax", input_shape=(8,))])
classifier.compile("rmsprop", "sparse_categorical_crossentropy")
means = found.mean(axis=1)
classes = (vectors[words].mean(axis=1)[:, 0] > 0).astype("int32")
classifier.fit(means, classes, epochs=3, verbose=2)
