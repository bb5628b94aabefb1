"""Do metrics added in a model and in its layer keep their own values?"""
import numpy as np
import tensorflow as tf


class Inner(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_metric(tf.reduce_sum(tf.zeros_like(inputs)) + 1.0, aggregation="mean", name="one")
        return inputs


class Outer(tf.keras.Model):
    def __init__(self):
        super(Outer, self).__init__()
        self.inner = Inner()

    def call(self, inputs):
        self.add_metric(tf.reduce_sum(tf.zeros_like(inputs)) + 2.0, aggregation="mean", name="two")
        return self.inner(inputs)


model = Outer()
model.compile("sgd", loss="mse")
x = np.zeros((4, 2), "float32")
history = model.fit(x, x, epochs=1, verbose=0).history
found = float(history["one"][0]), float(history["two"][0])
print("one and two are", found)
print("witness:", {(1.0, 2.0): "absent", (2.0, 1.0): "present"}.get(found, "cannot tell"))
