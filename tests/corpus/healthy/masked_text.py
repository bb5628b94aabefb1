"""Words padded with zeros, an embedding with a mask, an LSTM."""
import numpy as np
from tensorflow import keras

rng = np.random.RandomState(7)
words = np.zeros((200, 12), "int32")
for row in words:
    length = rng.randint(3, 13)
    row[:length] = rng.randint(1, 50, size=length)
labels = (words.max(axis=1) > 45).astype("float32")

inputs = keras.Input(shape=(12,), dtype="int32")
hidden = keras.layers.Embedding(50, 8, mask_zero=True)(inputs)
hidden = keras.layers.LSTM(8)(hidden)
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(words, labels, epochs=2, batch_size=20, verbose=2)
print("scores:", model.evaluate(words, labels, batch_size=50, verbose=0))
