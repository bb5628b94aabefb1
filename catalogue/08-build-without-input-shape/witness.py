"""Asks a layer for its output shape and reads which shape its `build` was handed."""
import tensorflow as tf

handed = []


class Keeps(tf.keras.layers.Layer):
    def build(self, input_shape):
        handed.append(input_shape)
        super(Keeps, self).build(input_shape)

    def call(self, inputs):
        return inputs * 2.0


try:
    Keeps().compute_output_shape((None, 5, 3))
    print("build was handed:", handed)
    if not handed:
        verdict = "cannot tell"
    elif handed[0] is None:
        verdict = "present"
    else:
        verdict = "absent" if list(handed[0]) == [None, 5, 3] else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
