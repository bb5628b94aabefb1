"""A price and a kind from two inputs, evaluated over a dataset with a short last batch."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, concatenate

rng = np.random.RandomState(3)
a, b = rng.rand(45, 4).astype("float32"), rng.rand(45, 3).astype("float32")
price = (10 * np.arange(45) / 45.0)[:, None].astype("float32")
kind = rng.randint(0, 3, size=(45,)).astype("int64")

first, second = Input((4,), name="a"), Input((3,), name="b")
hidden = concatenate([Dense(5, activation="relu")(first), Dense(5, activation="relu")(second)])
model = Model([first, second],
              [Dense(1, name="price")(hidden), Dense(3, activation="softmax", name="kind")(hidden)])
model.compile(optimizer="rmsprop", loss={"price": "mae", "kind": "sparse_categorical_crossentropy"},
              loss_weights={"price": 2.0, "kind": 1.0}, metrics={"kind": ["accuracy"]})
data = tf.data.Dataset.from_tensor_slices(
    ({"a": a, "b": b}, {"price": price, "kind": kind})).batch(20)
model.fit(data, epochs=1, verbose=0)
print(dict(zip(model.metrics_names, model.evaluate(data, verbose=0))))
