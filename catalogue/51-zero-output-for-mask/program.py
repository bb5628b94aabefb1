"""Reads sentences of different lengths with a recurrent layer and shows the states at each word."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(51)
words = rng.randint(1, 30, size=(48, 7))
for sentence, length in zip(words, rng.randint(3, 8, size=48)):
    sentence[length:] = 0
labels = (words.sum(axis=1) > 60).astype("float32")

text = tf.keras.Input(shape=(7,), dtype="int32", name="words")
vectors = tf.keras.layers.Embedding(30, 6, mask_zero=True)(text)
reader = tf.keras.layers.GRU(5, return_sequences=True, zero_output_for_mask=True, name="reader")
states = reader(vectors)
last = tf.keras.layers.Lambda(lambda s: s[:, -1])(states)
score = tf.keras.layers.Dense(1, activation="sigmoid")(last)
model = tf.keras.Model(text, score)
model.compile(optimizer="rmsprop", loss="binary_crossentropy")
model.fit(words, labels, batch_size=16, epochs=2, verbose=2)

states_of = tf.keras.Model(text, states)
print(words[0])
print(np.round(states_of.predict(words[:1])[0], 3))
