"""Compares the settings of Adagrad by name with those of Adagrad as an object."""
import tensorflow as tf


def accumulator(optimizer):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    model.compile(optimizer=optimizer, loss="mse")
    return float(model.optimizer.get_config()["initial_accumulator_value"])


try:
    by_name = accumulator("adagrad")
    by_class = accumulator(tf.keras.optimizers.Adagrad())
    print("initial accumulator: %s by name, %s as an object" % (by_name, by_class))
    verdict = "absent" if by_name == by_class else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
