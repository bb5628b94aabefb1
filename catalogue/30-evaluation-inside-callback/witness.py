"""Evaluates rows of error 2 in a callback while fit() validates on rows of error 1."""
import numpy as np
import tensorflow as tf

losses = []


class Evaluates(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        losses.append(float(self.model.evaluate(x, x + 2.0, verbose=0)))


try:
    x = np.ones((4, 1), dtype="float32")
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(1, kernel_initializer="ones", input_shape=(1,), trainable=False)]
    )
    model.compile(loss="mae", optimizer="sgd")
    model.fit(
        x, x, validation_data=(x, x + 1.0), epochs=3, verbose=0, callbacks=[Evaluates()]
    )
    print("evaluated in the callback:", losses)
    if len(losses) != 3:
        verdict = "cannot tell"
    else:
        verdict = "absent" if losses == [2.0] * 3 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
