"""Trains a small digit classifier and prints what every batch achieved."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(45)
centres = rng.rand(4, 16)
digits = rng.randint(0, 4, size=240)
x = (centres[digits] + 0.4 * rng.normal(size=(240, 16))).astype("float32")
y = digits.astype("float32")


class PrintBatches(tf.keras.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        print("batch %d: loss %.4f accuracy %.4f" % (batch, logs["loss"], logs["accuracy"]))


inputs = tf.keras.Input(shape=(16,), name="digits")
hidden = tf.keras.layers.Dense(24, activation="relu")(inputs)
outputs = tf.keras.layers.Dense(4, activation="softmax", name="predictions")(hidden)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer=tf.keras.optimizers.SGD(0.2),
              loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=24, epochs=2, verbose=0, callbacks=[PrintBatches()])
print("epochs:", history.history)
