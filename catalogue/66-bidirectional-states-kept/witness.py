"""Does reset_states bring a stateful bidirectional layer back to where it began?"""
import numpy as np
import tensorflow as tf

x = np.array([[[1.0], [0.5], [-0.5]]], dtype="float32")


def outputs(wrap):
    layer = tf.keras.layers.SimpleRNN(2, stateful=True, return_sequences=True)
    inputs = tf.keras.Input(batch_shape=(1, 3, 1))
    model = tf.keras.Model(inputs, wrap(layer)(inputs))
    first = model.predict(x)
    second = model.predict(x)
    model.reset_states()
    return first, second, model.predict(x)


first, second, third = outputs(tf.keras.layers.Bidirectional)
print("states are carried over:", not np.allclose(first, second))
print("the same again after the reset:", np.allclose(first, third))
if np.allclose(first, second):
    print("witness: cannot tell")
else:
    print("witness:", "absent" if np.allclose(first, third) else "present")
