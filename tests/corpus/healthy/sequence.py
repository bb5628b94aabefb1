"""Batches from a keras Sequence with a smaller last one."""
import numpy as np
from tensorflow import keras


class Rows(keras.utils.Sequence):
    def __init__(self, x, y, size):
        super().__init__()
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, index):
        rows = slice(index * self.size, (index + 1) * self.size)
        return self.x[rows], self.y[rows]


rng = np.random.RandomState(14)
x = rng.rand(110, 3).astype("float32")
y = (x[:, :1] * 2).astype("float32")
model = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
model.fit(Rows(x, y, 25), epochs=3)
print("loss:", model.evaluate(Rows(x, y, 25), verbose=1))
