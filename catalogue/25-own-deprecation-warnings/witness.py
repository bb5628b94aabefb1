"""Saves a model and listens for notices of deprecation that speak of the framework's own code."""
import logging
import os
import tempfile
import warnings

import tensorflow as tf

said = []


class Keep(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())


try:
    logging.getLogger("tensorflow").addHandler(Keep())
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.save(os.path.join(tempfile.mkdtemp(), "model"))
    said += [str(each.message) for each in caught]
    wrong = [text for text in said if "updates" in text and "future version" in text]
    print("%d notices; the first: %s" % (len(wrong), wrong[:1]))
    verdict = "present" if wrong else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
