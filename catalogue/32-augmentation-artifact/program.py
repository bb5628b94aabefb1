"""Augments bright pictures with random flips and rotations and looks at their darkest pixels."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers.experimental import preprocessing

tf.random.set_seed(32)
rng = np.random.RandomState(32)
images = tf.constant(rng.uniform(0.6, 1.0, size=(6, 24, 24, 3)), tf.float32)

augmentation = tf.keras.Sequential(
    [
        preprocessing.RandomFlip("horizontal", seed=1),
        preprocessing.RandomRotation(0.2, fill_mode="reflect", seed=2),
    ]
)
augmented = augmentation(images, training=True)
print("pictures:", augmented.shape)
for name, batch in (("as they are", images), ("augmented", augmented)):
    values = batch.numpy()
    print("%s: darkest %.3f, mean %.3f, brightest %.3f" % (
        name, values.min(), values.mean(), values.max()))
