"""Trains a text classifier on fixed word vectors, keeps it on disk and reports the copy."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(40)
words = rng.randint(1, 500, size=(256, 12))
labels = (words.min(axis=1) < 40).astype("float32")

model = tf.keras.Sequential([
    tf.keras.layers.Embedding(500, 16, input_length=12, trainable=False, name="word_vectors"),
    tf.keras.layers.GlobalAveragePooling1D(),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="rmsprop", loss="binary_crossentropy")
model.fit(words, labels, batch_size=32, epochs=2, verbose=2)
model.summary()

path = os.path.join(tempfile.mkdtemp(), "classifier")
model.save(path)
copy = tf.keras.models.load_model(path)
copy.summary()
copy.fit(words, labels, batch_size=32, epochs=1, verbose=2)
print("loss of the copy: %.4f" % copy.evaluate(words, labels, verbose=0))
