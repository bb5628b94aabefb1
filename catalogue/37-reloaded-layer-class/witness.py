"""Asks whether a BatchNormalization layer is one after a reload from HDF5."""
import os
import tempfile

import tensorflow as tf

try:
    normalization = tf.keras.layers.BatchNormalization
    model = tf.keras.Sequential([normalization(input_shape=(2,))])
    path = os.path.join(tempfile.mkdtemp(), "model.h5")
    model.save(path)
    layer = tf.keras.models.load_model(path).layers[-1]
    print("loaded layer: %s.%s" % (type(layer).__module__, type(layer).__name__))
    verdict = "absent" if isinstance(layer, normalization) else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
