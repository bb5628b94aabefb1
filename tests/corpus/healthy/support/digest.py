"""Writes what must not change when a program is watched: weights and logs, bit for bit."""
import hashlib
import os
import random

import numpy as np
import tensorflow as tf


def seed(value):
    random.seed(value)
    np.random.seed(value)
    tf.random.set_seed(value)


def write_digest(weights, logs):
    path = os.environ.get("DIGEST_FILE")
    if not path:
        return
    state = hashlib.sha256()
    for weight in weights:
        state.update(np.ascontiguousarray(weight).tobytes())
    with open(path, "w") as file:
        file.write("%s\n%r\n" % (state.hexdigest(), logs))
