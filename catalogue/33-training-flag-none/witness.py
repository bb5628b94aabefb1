"""Fits a subclassed model in eager mode and reads the `training` argument that its call is given."""
import numpy as np
import tensorflow as tf

given = []


class Keeps(tf.keras.Model):
    def __init__(self):
        super(Keeps, self).__init__()
        self.dense = tf.keras.layers.Dense(1)

    def call(self, inputs, training=False):
        given.append(training)
        return self.dense(inputs)


try:
    tf.compat.v1.enable_eager_execution()
    model = Keeps()
    model.compile(optimizer=tf.compat.v1.train.AdagradOptimizer(0.1), loss="mse")
    x = np.ones((4, 2), dtype="float32")
    model.fit(x, x[:, :1], batch_size=4, epochs=1, verbose=0)
    print("training:", [str(each) for each in given])
    # False and None both switch dropout off; a healthy fit passes True or the learning phase.
    off = [each is None or each is False for each in given]
    verdict = "cannot tell" if not given else "present" if all(off) else "absent"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
