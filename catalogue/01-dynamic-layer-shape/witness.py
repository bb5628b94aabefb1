"""Declares the output shape (None, 2) in a dynamic layer and reads what the layer made of it."""
import tensorflow as tf


class Declares(tf.keras.layers.Layer):
    def __init__(self):
        super(Declares, self).__init__(dynamic=True)

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return (None, 2)


def observed():
    layer = Declares()
    output = layer(tf.keras.Input(shape=(2,)))
    if isinstance(output, (list, tuple)):
        return "present"
    return "absent" if output.shape.as_list() == [None, 2] else "present"


try:
    verdict = observed()
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
