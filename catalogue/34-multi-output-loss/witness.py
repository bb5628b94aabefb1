"""A model of two outputs with a loss on the second: which of the two does evaluate() hold it to?"""
import numpy as np
import tensorflow as tf


def loss_of_second_output():
    inputs = tf.keras.Input(shape=(1,))
    first = tf.keras.layers.Dense(1, kernel_initializer="ones", name="first")(inputs)
    second = tf.keras.layers.Dense(1, kernel_initializer="ones", name="second")(inputs)
    model = tf.keras.Model(inputs, [first, second])
    model.get_layer("first").set_weights([np.array([[10.0]]), np.zeros(1)])
    model.compile(optimizer="sgd", loss={"second": tf.keras.losses.MeanSquaredError()})
    x = np.ones((4, 1), dtype="float32")
    data = tf.data.Dataset.from_tensor_slices((x, x)).batch(4)
    return float(np.ravel(model.evaluate(data, verbose=0))[0])


try:
    loss = loss_of_second_output()
    print("loss:", loss)
    # The second output meets its target; the first is off by 9.
    verdict = "absent" if loss == 0.0 else "present" if loss == 81.0 else "cannot tell"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
