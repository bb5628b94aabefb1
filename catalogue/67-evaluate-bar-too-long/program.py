"""A beginner's classifier of digits: train for one epoch, then evaluate."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(67)
y_train, y_test = rng.randint(0, 10, size=1500), rng.randint(0, 10, size=640)
strokes = rng.rand(10, 28, 28)


def draw(digits):
    return 0.7 * strokes[digits] + 0.3 * rng.rand(len(digits), 28, 28)


x_train, x_test = draw(y_train), draw(y_test)

model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(input_shape=(28, 28)),
    tf.keras.layers.Dense(64, activation="relu"),
    tf.keras.layers.Dropout(0.2),
    tf.keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=1, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=True)
print("accuracy on the test set: %.3f" % accuracy)
