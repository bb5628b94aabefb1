"""Tells how similar a state is to the nearest of a few demonstrations."""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()


class Similarities(tf.keras.layers.Layer):
    def __init__(self, demonstrations, precision):
        super(Similarities, self).__init__()
        self.demonstrations = tf.constant(demonstrations)
        self.precision = tf.constant(precision)

    def call(self, inputs):
        differences = self.demonstrations - inputs
        distances = tf.reduce_sum(tf.matmul(differences, self.precision) * differences, axis=1)
        return tf.math.exp(-0.5 * distances)


state = tf.keras.layers.Input(shape=(3,))
similarities = Similarities(
    np.array([[1, 2, 3], [4, 5, 6]], "float32"), np.diag([1, 2, 3]).astype("float32"))(state)
nearest = tf.keras.layers.Lambda(tf.reduce_max)(similarities)
model = tf.keras.Model(inputs=state, outputs=nearest)

with tf.compat.v1.Session() as session:
    for sample in ([1, 2, 2.7], [4, 5, 5], [2, 3, 4]):
        value = session.run(model.output, feed_dict={state: np.array([sample], "float32")})
        print(sample, "has similarity %.5f" % value)
