"""Trains a small image classifier on made-up pictures and evaluates it on a test set."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(2)
images = rng.rand(1500, 28, 28).astype("float32")
labels = rng.randint(0, 10, size=1500)
images[np.arange(1500), labels] += 1.0
train_images, test_images = images[:1000], images[1000:]
train_labels, test_labels = labels[:1000], labels[1000:]

tf.random.set_seed(2)
model = tf.keras.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(28, 28)),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(train_images, train_labels, epochs=3, verbose=2)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=1)
print("Test accuracy: %.3f" % test_acc)
