"""Ordinary trainings. Called as: workloads.py NAME EPOCHS; prints the seconds of training."""
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


def classifier(inputs, outputs, x, classes=10):
    """A compiled model on random labels; none of its layers draws random numbers."""
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(outputs))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    y = RNG.randint(0, classes, len(x))
    return lambda epochs: model.fit(x, y, batch_size=16, epochs=epochs, verbose=0)


def resnet():
    """Convolutions with batch normalization in residual blocks (He et al., 2015), small."""
    layers = keras.layers

    def normalized(x, filters, size, strides=1, activation="relu"):
        x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        return layers.Activation(activation)(x) if activation else x

    def block(x, filters, strides):
        inner = normalized(normalized(x, filters, 3, strides), filters, 3, activation=None)
        if strides > 1:
            x = normalized(x, filters, 1, strides, None)
        return layers.ReLU()(layers.Add()([x, inner]))

    inputs = keras.Input(shape=(32, 32, 3))
    x = normalized(inputs, 16, 3)
    for filters, strides in ((16, 1), (32, 2), (64, 2)):
        x = block(x, filters, strides)
    return classifier(inputs, layers.GlobalAveragePooling2D()(x),
                      RNG.rand(320, 32, 32, 3).astype("float32"))


def recurrent():
    """Two LSTMs over embedded tokens."""
    layers = keras.layers
    inputs = keras.Input(shape=(40,), dtype="int32")
    x = layers.LSTM(64, return_sequences=True)(layers.Embedding(1000, 64)(inputs))
    return classifier(inputs, layers.LSTM(64)(x), RNG.randint(0, 1000, (320, 40)))


def transformer():
    """Two encoder blocks (Vaswani et al., 2017), small."""
    layers = keras.layers
    inputs = keras.Input(shape=(32,), dtype="int32")
    x = layers.Embedding(1000, 64)(inputs)
    for _ in range(2):
        attended = layers.MultiHeadAttention(4, 16)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, attended]))
        wide = layers.Dense(64)(layers.Dense(128, activation="gelu")(x))
        x = layers.LayerNormalization()(layers.Add()([x, wide]))
    return classifier(inputs, layers.GlobalAveragePooling1D()(x), RNG.randint(0, 1000, (320, 32)))


STEPS = {"mlp": 313, "cnn": 63, "lstm": 32, "functional": 157, "loop": 100,  # of one epoch
         "resnet": 20, "recurrent": 20, "transformer": 20}
WORKLOADS = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "functional": functional, "loop": loop,
             "resnet": resnet, "recurrent": recurrent, "transformer": transformer}

if __name__ == "__main__":
    train = WORKLOADS[sys.argv[1]]()
    began = time.perf_counter()
    train(int(sys.argv[2]))
    print("TRAINED %.6f" % (time.perf_counter() - began))
    print("STEPS %d" % (STEPS[sys.argv[1]] * int(sys.argv[2])))
