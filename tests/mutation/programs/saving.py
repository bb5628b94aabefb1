"""Trains, saves in each format, loads, compares and trains on."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def build(extra):
    inputs = keras.Input((6,), name="rows")
    hidden = layers.Dense(6, activation="relu", name="first")(inputs)
    hidden = layers.Dense(6, activation="tanh", name="second")(hidden)
    hidden = layers.BatchNormalization(name="norm")(hidden)
    return keras.Model(inputs, layers.Dense(2, activation="softmax", name=extra)(hidden))


rng = np.random.RandomState(4)
x = rng.normal(size=(64, 6)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
model = build("last")
model.layers[1].trainable = False
model.compile(keras.optimizers.Adam(0.003, beta_1=0.8), "sparse_categorical_crossentropy",
              metrics=["accuracy"])
model.fit(x, y, epochs=2, batch_size=16, verbose=0)
newer = tuple(map(int, tf.__version__.split(".")[:2])) > (2, 12)
three = tuple(map(int, tf.__version__.split(".")[:2])) > (2, 15)
for path in ["model.h5"] + (["model.keras"] if newer else []):
    model.save(path)
    again = keras.models.load_model(path)
    print(path, model.evaluate(x, y, verbose=0), again.evaluate(x, y, verbose=0))
    if path.endswith(".keras") or not three:
        again.fit(x, y, epochs=1, batch_size=16, verbose=0)
model.save_weights("model.weights.h5")
twin = build("last")
twin.load_weights("model.weights.h5")
twin.predict(x, verbose=0)
other = build("head")
other.load_weights("model.h5" if newer else "model.weights.h5", by_name=True)
other.set_weights(model.get_weights())
other.predict(x, verbose=0)
