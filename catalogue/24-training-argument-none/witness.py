"""Fits a subclassed model that keeps the `training` argument it was called with."""
import numpy as np
import tensorflow as tf

given = []


class Keeps(tf.keras.Model):
    def __init__(self):
        super(Keeps, self).__init__()
        self.dense = tf.keras.layers.Dense(1)

    def call(self, inputs, training=None):
        given.append(training)
        return self.dense(inputs)


try:
    tf.compat.v1.enable_v2_behavior()
    model = Keeps()
    model.compile(loss="mse", optimizer="sgd")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), batch_size=4, epochs=1, verbose=0)
    print("training:", given)
    verdict = "present" if all(each is None for each in given) else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
