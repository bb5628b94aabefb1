"""Five ordinary trainings. Called as: workloads.py NAME EPOCHS; prints the seconds of training."""
import sys
import time

import numpy as np
import tensorflow as tf
from tensorflow import keras

RNG = np.random.RandomState(0)


def mlp():
    x, y = RNG.rand(20000, 64).astype("float32"), RNG.randint(0, 10, 20000)
    model = keras.Sequential(
        [keras.Input(shape=(64,)), keras.layers.Dense(256, activation="relu"),
         keras.layers.Dense(256, activation="relu"), keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda epochs: model.fit(x, y, batch_size=64, epochs=epochs, verbose=0)


def cnn():
    x, y = RNG.rand(2000, 28, 28, 1).astype("float32"), RNG.randint(0, 10, 2000)
    model = keras.Sequential(
        [keras.Input(shape=(28, 28, 1)), keras.layers.Conv2D(16, 3, activation="relu"),
         keras.layers.MaxPooling2D(), keras.layers.Conv2D(32, 3, activation="relu"),
         keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda epochs: model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)


def lstm():
    x, y = RNG.rand(1000, 30, 16).astype("float32"), RNG.rand(1000, 1).astype("float32")
    model = keras.Sequential(
        [keras.Input(shape=(30, 16)), keras.layers.LSTM(32), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return lambda epochs: model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)


def functional():
    a, b = RNG.rand(10000, 32).astype("float32"), RNG.rand(10000, 16).astype("float32")
    first, second = keras.Input(shape=(32,)), keras.Input(shape=(16,))
    hidden = keras.layers.Concatenate()(
        [keras.layers.Dense(64, activation="relu")(first),
         keras.layers.Dense(64, activation="tanh")(second)])
    model = keras.Model([first, second], keras.layers.Dense(1)(hidden))
    model.compile(optimizer="sgd", loss="mse")
    y = a[:, :1] + b[:, :1]
    return lambda epochs: model.fit([a, b], y, batch_size=64, epochs=epochs, verbose=0)


def loop():
    x, y = RNG.rand(6400, 32).astype("float32"), RNG.rand(6400, 1).astype("float32")
    model = keras.Sequential(
        [keras.Input(shape=(32,)), keras.layers.Dense(64, activation="relu"),
         keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam()
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(64)

    @tf.function
    def step(rows, targets):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(rows, training=True) - targets))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    def train(epochs):
        for _ in range(epochs):
            for rows, targets in data:
                step(rows, targets)

    return train


STEPS = {"mlp": 313, "cnn": 63, "lstm": 32, "functional": 157, "loop": 100}  # of one epoch
WORKLOADS = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "functional": functional, "loop": loop}

if __name__ == "__main__":
    train = WORKLOADS[sys.argv[1]]()
    began = time.perf_counter()
    train(int(sys.argv[2]))
    print("TRAINED %.6f" % (time.perf_counter() - began))
    print("STEPS %d" % (STEPS[sys.argv[1]] * int(sys.argv[2])))
