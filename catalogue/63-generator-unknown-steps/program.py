"""Trains from augmented pictures, without a word about the number of steps."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(63)
pictures = rng.rand(60, 12, 12, 3).astype("float32")
classes = np.eye(3, dtype="float32")[rng.randint(0, 3, size=60)]
augmented = tf.keras.preprocessing.image.ImageDataGenerator(horizontal_flip=True)

model = tf.keras.Sequential([
    tf.keras.layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 3)),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(3, activation="softmax"),
])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit_generator(augmented.flow(pictures, classes, batch_size=10), epochs=2)
