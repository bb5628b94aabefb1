"""A classifier of padded texts with an attention block, judged by areas under curves."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(0)
words = rng.randint(1, 50, (64, 12)) * (np.arange(12) < rng.randint(3, 13, (64, 1)))
kinds = rng.randint(0, 2, (64, 1))
given = keras.Input((12,), dtype="int32")
hidden = layers.Embedding(50, 16)(given)
mixed = layers.MultiHeadAttention(num_heads=2, key_dim=8)(hidden, hidden)
hidden = layers.LayerNormalization()(layers.Add()([hidden, mixed]))
hidden = layers.Dense(16, activation="relu")(layers.GlobalMaxPooling1D()(hidden))
model = keras.Model(given, layers.Dense(1, activation="sigmoid")(hidden))
model.compile("sgd", "binary_crossentropy",
              metrics=["accuracy", keras.metrics.AUC(), keras.metrics.AUC(curve="PR", name="pr")])
model.fit(words, kinds, batch_size=16, epochs=2, validation_split=0.25, verbose=2)
print("scores:", model.evaluate(words, kinds, batch_size=20, verbose=0))
