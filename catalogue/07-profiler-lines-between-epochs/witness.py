"""Counts the lines about profile files that native code writes during a fit with TensorBoard."""
import os
import tempfile

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
import tensorflow as tf  # noqa: E402


def native_output(work):
    """What `work` makes the process write to file descriptors 1 and 2, native code included."""
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 1)
        os.dup2(caught.fileno(), 2)
        try:
            work()
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
        caught.seek(0)
        return caught.read().decode("utf-8", "replace")


def train():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile(optimizer="sgd", loss="mse")
    board = tf.keras.callbacks.TensorBoard(log_dir=tempfile.mkdtemp())
    model.fit(np.ones((8, 2)), np.ones((8, 1)), batch_size=2, epochs=1, verbose=0, callbacks=[board])


try:
    text = native_output(train)
    reports = ("Dumped tool data", "Dumped gzipped")
    noise = [line for line in text.splitlines() if any(each in line for each in reports)]
    print("%d lines about profile files; the first: %s" % (len(noise), noise[:1]))
    verdict = "present" if noise else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
