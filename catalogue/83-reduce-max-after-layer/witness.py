"""Is the largest of two exponentials the exponential of the largest?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()


class Exponential(tf.keras.layers.Layer):
    def call(self, inputs):
        return tf.math.exp(tf.reduce_sum(inputs, axis=1))


x = tf.keras.layers.Input(shape=(2,))
out = tf.keras.layers.Lambda(tf.reduce_max)(Exponential()(x))
with tf.compat.v1.Session() as session:
    found = float(session.run(out, {x: np.array([[-0.1, -0.2], [-1, -2]], "float32")}))
print("found %.6f; exp(-0.3) is %.6f" % (found, np.exp(-0.3)))
if abs(found - np.exp(-0.3)) < 1e-5:
    print("witness: absent")
else:
    print("witness:", "present" if abs(found + 0.3) < 1e-5 else "cannot tell")
