"""Is a weighted loss the same whether it is given by name or as the function of that name?"""
import numpy as np
import tensorflow as tf


def value(loss):
    inputs = tf.keras.layers.Input(shape=(1,))
    model = tf.keras.Model(inputs, tf.keras.layers.Activation("linear")(inputs))
    model.compile(optimizer="sgd", loss=loss)
    weights = np.array([1.0, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    return float(model.evaluate(np.zeros((10, 1)), np.ones((10, 1)), sample_weight=weights, verbose=0))


by_name, by_function = value("mean_squared_error"), value(tf.keras.losses.mean_squared_error)
print("by name %.4f, as a function %.4f" % (by_name, by_function))
print("witness:", "absent" if abs(by_name - by_function) < 1e-6 else "present")
