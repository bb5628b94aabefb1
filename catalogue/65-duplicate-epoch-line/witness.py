"""Is each epoch of fit_generator with a validation generator announced once?"""
import contextlib
import io

import numpy as np
import tensorflow as tf


def batches():
    while True:
        yield np.zeros((4, 2), "float32"), np.zeros((4, 1), "float32")


model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.fit_generator(batches(), steps_per_epoch=3, epochs=2, verbose=2,
                        validation_data=batches(), validation_steps=2)
lines = [line.strip() for line in out.getvalue().splitlines() if line.startswith("Epoch ")]
print(lines)
if "Epoch 2/2" not in lines:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if lines == ["Epoch 1/2", "Epoch 2/2"] else "present")
