"""Is the width known behind a convolution that dilates a height that is not known?"""
import tensorflow as tf


def width(rate):
    layer = tf.keras.layers.Conv2D(1, (2, 3), dilation_rate=(rate, 1))
    return layer(tf.keras.Input(shape=(None, 12, 1))).shape.as_list()[2]


try:
    plain, dilated = width(1), width(2)
    print("width without dilation: %s, with: %s" % (plain, dilated))
    if plain != 10:
        verdict = "cannot tell"
    else:
        verdict = "absent" if dilated == 10 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
