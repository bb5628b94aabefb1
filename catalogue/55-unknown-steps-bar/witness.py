"""Does the first epoch's progress bar know the number of batches of a dataset of known size?"""
import contextlib
import io

import numpy as np
import tensorflow as tf

rows = tf.data.Dataset.from_tensor_slices(
    (np.zeros((6, 2), "float32"), np.zeros((6, 1), "float32"))).batch(2)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.fit(rows, epochs=1, verbose=1)
text = out.getvalue()
print(repr(text))
size = int(tf.data.experimental.cardinality(rows).numpy())
if size != 3 or "loss" not in text:
    print("witness: cannot tell")
else:
    print("witness:", "present" if "Unknown" in text else "absent")
