"""Has TimeDistributed of an unknown batch size the shape that the wrapped layer gives each step?"""
import tensorflow as tf

K = tf.keras.backend


def shape(**given):
    inputs = tf.keras.layers.Input(**given)
    layer = tf.keras.layers.Lambda(lambda x: K.sum(x, axis=-2), output_shape=(5,))
    return tuple(tf.keras.layers.TimeDistributed(layer)(inputs).shape.as_list())


known, unknown = shape(batch_shape=(2, 3, 4, 5)), shape(shape=(3, 4, 5))
print("batch size known:", known, "unknown:", unknown)
if known[1:] != (3, 5):
    print("witness: cannot tell")
else:
    print("witness:", "absent" if unknown == (None, 3, 5) else "present")
