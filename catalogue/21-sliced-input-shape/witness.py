"""Slices a Keras input of known shape and asks for the shape of the slice."""
import tensorflow as tf

try:
    tf.compat.v1.enable_v2_behavior()
    inputs = tf.keras.Input((2, 3, 4), batch_size=1)
    shape = tf.strided_slice(inputs, [0, 0, 0, 0], [1, -1, -1, 2]).shape
    print("shape of the slice:", shape)
    known = shape.ndims is not None and shape.as_list() == [1, 1, 2, 2]
    verdict = "absent" if known else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
