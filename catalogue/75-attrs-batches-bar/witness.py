"""Does the bar count the batches of a Sequence that is an attrs class with an array inside?"""
import contextlib
import io
import re

import attr
import numpy as np
import tensorflow as tf

BATCHES = 20


@attr.s
class Feed(tf.keras.utils.Sequence):
    numbers = attr.ib(default=np.arange(7))
    batch_size = attr.ib(default=5)

    def __getitem__(self, index):
        return np.zeros((self.batch_size, 2), "float32"), np.zeros((self.batch_size, 1), "float32")

    def __len__(self):
        return BATCHES


model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.fit(x=Feed(), epochs=1, verbose=1)
totals = set(int(total) for total in re.findall(r"\d+/(\d+) \[", out.getvalue()))
print("totals of the bar:", sorted(totals))
if not totals:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if totals == {BATCHES} else "present")
