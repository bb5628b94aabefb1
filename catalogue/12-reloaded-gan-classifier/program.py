"""A semi-supervised GAN: a classifier and a discriminator share their layers."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers


def shared_models(features, classes):
    inputs = layers.Input(shape=(features,))
    hidden = layers.Dense(32)(inputs)
    hidden = layers.LeakyReLU(alpha=0.2)(hidden)
    scores = layers.Dense(classes)(hidden)
    classifier = tf.keras.Model(inputs, layers.Activation("softmax")(scores))
    classifier.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=tf.keras.optimizers.Adam(0.02),
        metrics=["accuracy"],
    )
    real = layers.Dense(1, activation="sigmoid")(scores)
    discriminator = tf.keras.Model(inputs, real)
    discriminator.compile(loss="binary_crossentropy", optimizer=tf.keras.optimizers.Adam(0.001))
    return classifier, discriminator


tf.random.set_seed(12)
rng = np.random.RandomState(12)
labels = rng.randint(0, 10, size=200)
digits = (rng.rand(10, 20)[labels] + 0.1 * rng.rand(200, 20)).astype("float32")
noise = rng.rand(200, 20).astype("float32")

classifier, discriminator = shared_models(20, 10)
for _ in range(60):
    rows = rng.choice(200, 50, replace=False)
    classifier.train_on_batch(digits[rows], labels[rows])
    discriminator.train_on_batch(digits[rows], np.ones((50, 1)))
    discriminator.train_on_batch(noise[rows], np.zeros((50, 1)))
print("classifier: loss %.3f, accuracy %.3f" % tuple(classifier.evaluate(digits, labels, verbose=0)))

path = os.path.join(tempfile.mkdtemp(), "classifier.h5")
classifier.save(path)
again = tf.keras.models.load_model(path)
print("from the file: loss %.3f, accuracy %.3f" % tuple(again.evaluate(digits, labels, verbose=0)))
