"""The product of 2x and 0x is zero for every x; so are its first and its second derivative."""
import numpy as np
import tensorflow as tf


def derivatives():
    x = tf.Variable(1.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_prod(tf.constant([2.0, 0.0]) * x)
        first = inner.gradient(y, x)
    return float(first), float(outer.gradient(first, x))


try:
    first, second = derivatives()
    print("first %s, second %s" % (first, second))
    if first != 0.0:
        verdict = "cannot tell"
    else:
        verdict = "present" if np.isnan(second) else "absent" if second == 0.0 else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
