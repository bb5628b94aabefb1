"""Trains an acyclic model and listens whether the framework calls its graph cyclic."""
import os
import tempfile

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"
import tensorflow as tf  # noqa: E402
from tensorflow.keras import layers  # noqa: E402


def native_errors(work):
    """What `work` makes the process write to file descriptor 2, native code included."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            work()
        finally:
            os.dup2(kept, 2)
        caught.seek(0)
        return caught.read().decode("utf-8", "replace")


def train():
    inputs = layers.Input(shape=(2,))
    twice = [
        layers.ZeroPadding1D((0, 1))(layers.UpSampling1D(3)(layers.Reshape((1, 2))(inputs)))
        for _ in range(2)
    ]
    model = tf.keras.Model(inputs, layers.Flatten()(layers.Dot(axes=-1)(twice)))
    model.compile(loss="mse", optimizer="adam")
    model.fit(np.ones((8, 2)), np.ones((8, 16)), epochs=1, verbose=0)


try:
    text = native_errors(train)
    wrong = [
        line
        for line in text.splitlines()
        if "self cycle" in line or "sorted in topological order" in line
    ]
    print("%d lines; the first: %s" % (len(wrong), wrong[:1]))
    verdict = "present" if wrong else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
