"""Does the bar of fit_generator know the number of batches of a Sequence?"""
import contextlib
import io
import re

import numpy as np
import tensorflow as tf

BATCHES = 6
x = np.zeros((5 * BATCHES, 8, 8, 3), "float32")
y = np.zeros((5 * BATCHES, 1), "float32")
flow = tf.keras.preprocessing.image.ImageDataGenerator().flow(x, y, batch_size=5)
model = tf.keras.Sequential([tf.keras.layers.Flatten(input_shape=(8, 8, 3)), tf.keras.layers.Dense(1)])
model.compile("sgd", "mse")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.fit_generator(flow, epochs=1, verbose=1)
counts = re.findall(r"(\d+)/(Unknown|\d+)", out.getvalue())
counts = [(int(done), total) for done, total in counts if total != "1" or done == "1"]
print("counts:", counts)
if not counts:
    print("witness: cannot tell")
else:
    wrong = any(total == "Unknown" or done > int(total) for done, total in counts)
    print("witness:", "present" if wrong else "absent")
