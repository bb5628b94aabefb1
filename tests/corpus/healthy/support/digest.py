"""Writes what must not change when a program is watched: weights and logs, bit for bit."""
import hashlib
import os
import random
import sys

import numpy as np


def seed(value):
    random.seed(value)
    np.random.seed(value)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(value)
    else:  # Keras 3 on another backend
        sys.modules["keras"].utils.set_random_seed(value)


def write_digest(weights, logs):
    path = os.environ.get("DIGEST_FILE")
    if not path:
        return
    state = hashlib.sha256()
    for weight in weights:
        state.update(np.ascontiguousarray(weight).tobytes())
    with open(path, "w") as file:
        file.write("%s\n%r\n" % (state.hexdigest(), logs))
