"""Adds metrics of constant value in a layer and in its model, and reads each back by name."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


class Inner(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_metric(tf.ones([4]) * 7.0, name="seven", aggregation="mean")
        return inputs


class Outer(tf.keras.Model):
    def __init__(self):
        super(Outer, self).__init__()
        self.inner = Inner()

    def call(self, inputs):
        outputs = self.inner(inputs)
        self.add_metric(tf.ones([4]) * 5.0, name="five", aggregation="mean")
        return outputs


try:
    model = Outer()
    model.compile(optimizer="sgd", loss="mse")
    x = np.ones((4, 3), dtype="float32")
    data = tf.data.Dataset.from_tensor_slices((x, x)).batch(4)
    logs = model.fit(data, epochs=1, verbose=0).history
    seen = [float(logs["seven"][-1]), float(logs["five"][-1])]
    print("seven, five:", seen)
    verdict = "absent" if seen == [7.0, 5.0] else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
