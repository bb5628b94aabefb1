"""Are the names of GPU kernels in a profile whole? Without a GPU there are none to look at."""
import os
import re
import tempfile

import numpy as np
import tensorflow as tf

if not tf.config.experimental.list_physical_devices("GPU"):
    print("no GPU")
    print("witness: cannot tell")
else:
    logs = tempfile.mkdtemp()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(8, 3, activation="relu", input_shape=(16, 16, 1)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    board = tf.keras.callbacks.TensorBoard(log_dir=logs, profile_batch=2)
    model.fit(np.zeros((96, 16, 16, 1), "float32"), np.zeros(96), verbose=0, callbacks=[board])
    traces = [os.path.join(folder, name) for folder, _, names in os.walk(logs)
              for name in names if name.endswith(".trace")]
    names = set()
    for trace in traces:
        with open(trace, "rb") as content:
            names |= set(re.findall(rb"[\x20-\x7e]{4,}\)", content.read()))
    cut = [name for name in names if name.count(b")") > name.count(b"(")]
    print(len(names), "names of kernels,", len(cut), "of them without their beginning")
    print("witness:", "cannot tell" if not names else "present" if cut else "absent")
