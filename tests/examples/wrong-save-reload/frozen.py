"""Tunes the head of a text classifier over frozen embeddings, saves it and goes on later."""
import os
import tempfile

import numpy as np
from tensorflow import keras

rng = np.random.RandomState(4)
words = rng.randint(1, 50, size=(120, 8))
y = (words[:, :1] > 25).astype("float32")

model = keras.Sequential(
    [
        keras.layers.Embedding(50, 6, input_length=8, trainable=False, name="words"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(words, y, epochs=2, verbose=0)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "texts")
    model.save(path)
    restored = keras.models.load_model(path)
restored.fit(words, y, epochs=2, verbose=0)
print("trained:", [w.name for w in restored.trainable_weights])
