"""Does a layer that was frozen before saving come back frozen?"""
import os
import tempfile

import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Embedding(20, 3, input_length=4, trainable=False),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(1),
])
model.compile("sgd", "mse")
path = os.path.join(tempfile.mkdtemp(), "model")
model.save(path)
copy = tf.keras.models.load_model(path)
before, after = len(model.trainable_weights), len(copy.trainable_weights)
print("trainable weights before and after:", before, after)
print("witness:", "absent" if before == after else "present")
