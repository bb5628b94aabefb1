"""Does the bar of evaluate stay within its width?"""
import contextlib
import io
import re

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
x, y = np.zeros((300, 2), "float32"), np.zeros((300, 1), "float32")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.evaluate(x, y, batch_size=30, verbose=1)
runs = [len(run) for run in re.findall(r"[=>.]{3,}", out.getvalue())]
print("longest bar:", max(runs) if runs else None)
if not runs:
    print("witness: cannot tell")
else:
    print("witness:", "present" if max(runs) > 40 else "absent")
