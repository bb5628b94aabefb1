"""Does the bar of evaluate on arrays count towards the number of samples it was given?"""
import contextlib
import io
import re

import numpy as np
import tensorflow as tf

SAMPLES, BATCH = 96, 32
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.evaluate(np.zeros((SAMPLES, 2), "float32"), np.zeros((SAMPLES, 1), "float32"),
                   batch_size=BATCH, verbose=True)
counts = [(int(a), int(b)) for a, b in re.findall(r"(\d+)/(\d+) \[", out.getvalue())]
print("counts:", counts)
if not counts:
    print("witness: cannot tell")
elif all(done <= total for done, total in counts):
    print("witness:", "absent" if counts[-1][1] in (SAMPLES, SAMPLES // BATCH) else "cannot tell")
else:
    print("witness: present")
