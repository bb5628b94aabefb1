"""Augments each image of a data set by one action, drawn from a list, while a model trains on them."""
import time

import numpy as np
import tensorflow as tf


class RandomAugmentationPolicy:
    def __init__(self, actions):
        self.actions = actions

    def __call__(self, image, label):
        drawn = tf.random.uniform([], 0, len(self.actions), dtype=tf.int32)
        cases = [
            (tf.equal(drawn, number), lambda action=action: action(image))
            for number, action in enumerate(self.actions)
        ]
        return tf.ensure_shape(tf.case(cases), image.shape), label


class EpochTimes(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.time()

    def on_epoch_end(self, epoch, logs=None):
        print("epoch %d: loss %.3f, %.1f s" % (epoch + 1, logs["loss"], time.time() - self.start))


policy = RandomAugmentationPolicy(
    [
        tf.image.random_flip_left_right,
        lambda image: tf.image.random_brightness(image, 0.2),
        lambda image: tf.image.random_contrast(image, 0.5, 1.5),
        tf.image.rot90,
        lambda image: tf.image.random_saturation(image, 0.5, 1.5),
        lambda image: tf.image.random_hue(image, 0.1),
        tf.image.random_flip_up_down,
        lambda image: tf.image.random_brightness(image, 0.4),
        lambda image: tf.image.random_contrast(image, 0.8, 1.2),
        tf.image.transpose,
    ]
)
rng = np.random.RandomState(29)
images = rng.rand(32, 16, 16, 3).astype("float32")
labels = rng.rand(32, 1).astype("float32")
data = tf.data.Dataset.from_tensor_slices((images, labels)).map(policy).batch(8)

tf.random.set_seed(29)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Conv2D(4, 3, activation="relu", input_shape=(16, 16, 3)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(1),
    ]
)
model.compile(optimizer="adam", loss="mse")
model.fit(data, epochs=4, verbose=0, callbacks=[EpochTimes()])
