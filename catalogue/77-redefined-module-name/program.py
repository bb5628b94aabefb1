"""Trains a small model when it is run as a script."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import *  # noqa: F403


def main():
    rng = np.random.RandomState(77)
    x = rng.normal(size=(64, 4)).astype("float32")
    y = x.sum(axis=1, keepdims=True)
    model = Sequential([Dense(8, activation="relu", input_shape=(4,)), Dense(1)])
    model.compile(SGD(0.05), "mse")  # noqa: F405
    model.fit(x, y, epochs=3, verbose=2)
    print("loss: %.4f" % model.evaluate(x, y, verbose=0))


print("this is", __name__, "on TensorFlow", tf.__version__)
if __name__ == "__main__":
    main()
