"""Evaluates a regression over a Sequence whose last batch is smaller than the others."""
import numpy as np
from tensorflow import keras


class Rows(keras.utils.Sequence):
    def __init__(self, x, y, size):
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, index):
        rows = slice(index * self.size, (index + 1) * self.size)
        return self.x[rows], self.y[rows]


rng = np.random.RandomState(6)
x = rng.rand(70, 3).astype("float32")
y = (x.sum(axis=1, keepdims=True) + np.linspace(0, 2, 70)[:, None]).astype("float32")

model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y, epochs=2, batch_size=10, verbose=0)
print("mean squared error:", model.evaluate(Rows(x, y, 32), verbose=0))
