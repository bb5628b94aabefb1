"""Asks for two steps an epoch of a Sequence of five batches and counts the steps."""
import numpy as np
import tensorflow as tf

steps = []


class FiveBatches(tf.keras.utils.Sequence):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return np.ones((2, 1)), np.ones((2, 1))


class Count(tf.keras.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        steps.append(batch)


try:
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    model.compile(optimizer="sgd", loss="mse")
    model.fit_generator(
        FiveBatches(), steps_per_epoch=2, epochs=1, verbose=0, callbacks=[Count()]
    )
    print("asked for 2 steps, run: %d" % len(steps))
    verdict = "absent" if len(steps) == 2 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
