"""An embedding of few rows, each of which every batch looks up many times, by plain descent."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(43)
day = rng.randint(0, 7, size=(224, 1)).astype("int32")
y = np.sin(day).astype("float32")
inputs = keras.Input(shape=(1,), dtype="int32")
hidden = layers.Flatten()(layers.Embedding(7, 3)(inputs))
model = keras.Model(inputs, layers.Dense(1)(layers.Dense(6, activation="tanh")(hidden)))
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
model.fit(day, y, epochs=4, batch_size=32, verbose=2)
print("loss: %.4f" % model.evaluate(day, y, verbose=0))
