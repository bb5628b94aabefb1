"""Looks for a custom layer in the model that was built by calling it on a dictionary."""
import tensorflow as tf


class Renews(tf.keras.layers.Layer):
    def call(self, inputs):
        for name in inputs.keys():
            inputs[name] = 2.0 * inputs[name]
        return inputs["a"] + inputs["b"]


try:
    x = tf.keras.Input(shape=(3,))
    layer = Renews(name="renews")
    parts = {"a": tf.keras.layers.ReLU()(x), "b": tf.keras.layers.ReLU()(x)}
    model = tf.keras.Model(x, layer(parts))
    names = [each.name for each in model.layers]
    print("layers:", names)
    verdict = "absent" if any(each is layer for each in model.layers) else "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)
