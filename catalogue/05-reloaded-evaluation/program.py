"""Recognises made-up digits, saves the model, loads it and compares the test accuracy."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(5)
labels = rng.randint(0, 10, size=600)
shapes = rng.rand(10, 64)
images = (shapes[labels] + 0.2 * rng.rand(600, 64)).astype("float32")
train_images, test_images = images[:400], images[400:]
train_labels, test_labels = labels[:400], labels[400:]

tf.random.set_seed(5)
model = keras.Sequential(
    [
        keras.layers.Dense(64, activation="relu", input_shape=(64,)),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10),
    ]
)
model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_images, train_labels, epochs=8, verbose=2)

path = os.path.join(tempfile.mkdtemp(), "my_model")
model.save(path)
restored = keras.models.load_model(path)

for name, network in (("trained", model), ("restored", restored)):
    loss, acc = network.evaluate(test_images, test_labels, verbose=0)
    hits = np.argmax(network.predict(test_images), axis=1) == test_labels
    print("%s: loss %.4f, accuracy %.3f, counted by hand %.3f" % (name, loss, acc, hits.mean()))
