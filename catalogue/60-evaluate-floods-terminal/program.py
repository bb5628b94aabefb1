"""Trains a small classifier of pictures of clothes and evaluates it."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(60)
clothes = rng.randint(0, 10, size=1200)
patterns = rng.rand(10, 14, 14)
images = (patterns[clothes] + 0.5 * rng.rand(1200, 14, 14)).astype("float32")
images, test_images = images[:1000], images[1000:]
labels, test_labels = clothes[:1000], clothes[1000:]

model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(32, activation=tf.nn.relu),
    tf.keras.layers.Dense(10, activation=tf.nn.softmax),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images, labels, epochs=3)
test_loss = model.evaluate(test_images, test_labels)
print("test loss and accuracy:", test_loss)
