"""Sets a variable learning rate to zero after one step: the next step must not move anything."""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


def moved_at_rate_zero():
    rate = tf.Variable(0.5, trainable=False)
    point = tf.Variable(3.0)
    optimizer = tf.keras.optimizers.Adam(learning_rate=rate)
    optimizer.apply_gradients([(tf.constant(1.0), point)])
    rate.assign(0.0)
    before = float(point.numpy())
    optimizer.apply_gradients([(tf.constant(1.0), point)])
    return before, float(point.numpy())


try:
    before, after = moved_at_rate_zero()
    print("before %s, after a step at rate zero %s" % (before, after))
    if before == 3.0:
        verdict = "cannot tell"
    else:
        verdict = "absent" if before == after else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
