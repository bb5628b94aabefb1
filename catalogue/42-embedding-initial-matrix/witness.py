"""Does an Embedding hold the weights that it was given?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

given = np.arange(50, dtype="float32").reshape(10, 5)
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(10, 5, weights=[given], trainable=False),
])
model.compile("rmsprop", "mse")
found = model.predict(np.array([[2]]))[0][0]
print("given", given[2], "found", found)
print("witness:", "absent" if np.allclose(given[2], found) else "present")
