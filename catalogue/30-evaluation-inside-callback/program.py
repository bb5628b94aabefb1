"""Watches a second validation set from a callback, next to the one that fit() validates on."""
import numpy as np
import tensorflow as tf


class SecondValidation(tf.keras.callbacks.Callback):
    def __init__(self, x, y):
        super(SecondValidation, self).__init__()
        self.x, self.y = x, y

    def on_epoch_end(self, epoch, logs=None):
        loss = self.model.evaluate(self.x, self.y, verbose=0)
        print("epoch %d: loss on the second set %.3f" % (epoch + 1, loss))


inputs = tf.keras.Input(shape=(5,))
scale = tf.keras.layers.Dense(5, kernel_initializer="identity", trainable=False)
model = tf.keras.Model(inputs, scale(inputs))
model.compile(loss="mae", optimizer="sgd")
x = np.ones((6, 5), dtype="float32")
history = model.fit(
    x,
    x,
    validation_data=(x, 2 * x),
    validation_freq=2,
    epochs=4,
    verbose=0,
    callbacks=[SecondValidation(x, 3 * x)],
)
print("val_loss:", history.history["val_loss"])
