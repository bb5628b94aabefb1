"""Trains a dense network on made-up digits, saves it to a folder and tests what was saved."""
import os
import tempfile

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(27)
y = rng.randint(0, 10, size=500)
x = (0.3 * rng.rand(500, 8, 8)).astype("float32")
x[np.arange(500), y % 8, y // 8] += 1.0
x_train, x_test = x[:400], x[400:]
y_train, y_test = y[:400], y[400:]

tf.random.set_seed(27)
model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x_train, y_train, epochs=8, batch_size=32, validation_split=0.2, verbose=2)
test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
print("model_test_acc: %.3f" % test_acc)

path = os.path.join(tempfile.mkdtemp(), "my_saved_path")
model.save(path)
saved_model = tf.keras.models.load_model(path)
test_loss, test_acc = saved_model.evaluate(x_test, y_test, verbose=0)
print("saved_model_test_acc: %.3f" % test_acc)
