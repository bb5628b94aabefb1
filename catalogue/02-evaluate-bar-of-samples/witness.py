"""Evaluates 320 rows with a progress bar and measures how much text that bar takes."""
import io
import re
import sys

import numpy as np
import tensorflow as tf


def bar_text():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile(optimizer="sgd", loss="mse")
    kept, sys.stdout = sys.stdout, io.StringIO()
    try:
        model.evaluate(np.zeros((320, 2)), np.zeros((320, 1)), verbose=1)
        return sys.stdout.getvalue()
    finally:
        sys.stdout = kept


try:
    marks = re.findall(r"\[([=>.]+)\]", bar_text())
    widest = max(len(bar) for bar in marks) if marks else 0
    # A bar is one line of a terminal: Keras draws 30 marks.
    verdict = "cannot tell" if not marks else "present" if widest > 80 else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
