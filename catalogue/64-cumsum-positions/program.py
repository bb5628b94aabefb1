"""Adds the position of each word to its vector and trains a tagger."""
import numpy as np
import tensorflow as tf

WORDS, LENGTH, WIDTH, BATCH = 50, 8, 6, 16

words = tf.keras.Input(batch_shape=(BATCH, LENGTH), dtype="int32", name="words")
word_vectors = tf.keras.layers.Embedding(WORDS, WIDTH, name="word_vectors")(words)
positions = tf.cumsum(tf.ones_like(words), axis=-1)
position_vectors = tf.keras.layers.Embedding(LENGTH + 1, WIDTH, name="position_vectors")(positions)
both = tf.keras.layers.Add()([word_vectors, position_vectors])
tags = tf.keras.layers.Dense(2, activation="softmax", name="tags")(both)
model = tf.keras.Model(words, tags)
model.summary()
model.compile("adam", "sparse_categorical_crossentropy")

rng = np.random.RandomState(64)
x = rng.randint(0, WORDS, size=(96, LENGTH))
y = np.tile(np.arange(LENGTH) % 2, (96, 1))
model.fit(x, y, batch_size=BATCH, epochs=5, verbose=2)
print("weights of the model:", [w.name for w in model.trainable_weights])
