"""An encoder whose last states start a decoder, with a schedule and a robust loss beside it."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(5)
source, target = rng.randint(1, 20, (48, 6)), rng.randint(1, 15, (48, 5))
following = np.roll(target, -1, axis=1)
asked, answered = keras.Input((6,)), keras.Input((5,))
_, h, c = layers.LSTM(8, return_state=True)(layers.Embedding(20, 8)(asked))
decoded = layers.LSTM(8, return_sequences=True)(layers.Embedding(15, 8)(answered),
                                                initial_state=[h, c])
words = layers.TimeDistributed(layers.Dense(15, activation="softmax"), name="words")(decoded)
length = layers.Dense(1, name="length")(h)
model = keras.Model([asked, answered], [words, length])
rate = keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.9)
model.compile(keras.optimizers.Adam(rate),
              ["sparse_categorical_crossentropy", keras.losses.Huber()],
              loss_weights=[1.0, 0.2])
lengths = rng.randint(2, 6, (48, 1)).astype("float32")
model.fit([source, target], [following, lengths], batch_size=12, epochs=2, verbose=2)
print("scores:", model.evaluate([source, target], [following, lengths], batch_size=16, verbose=0))
