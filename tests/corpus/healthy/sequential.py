"""A classifier of two rings, as in every first tutorial."""
import numpy as np
from tensorflow import keras

from support.digest import seed, write_digest

seed(1)
rng = np.random.RandomState(1)
x = rng.normal(size=(600, 2)).astype("float32")
y = (np.hypot(x[:, 0], x[:, 1]) > 1.2).astype("int32")

model = keras.Sequential(
    [
        keras.Input(shape=(2,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=4, batch_size=32, validation_split=0.2, verbose=2)
model.summary()
scores = model.evaluate(x, y, batch_size=64)
print("loss and accuracy:", scores)
write_digest(model.get_weights(), (sorted(history.history.items()), scores))
