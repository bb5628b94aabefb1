"""Resets a mean between two values inside a tf.function: the first must no longer count."""
import tensorflow as tf

mean = tf.keras.metrics.Mean()


@tf.function
def update_reset_update():
    mean.update_state(10.0)
    mean.reset_states()
    mean.update_state(2.0)
    return mean.result()


try:
    value = float(update_reset_update().numpy())
    print("mean after the reset:", value)
    verdict = "absent" if value == 2.0 else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
