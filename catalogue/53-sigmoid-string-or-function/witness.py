"""Does an LSTM choose its implementation alike for an activation given by name and as a function?"""
import tensorflow as tf


def functions(activation):
    """Names of the functions that a traced call of the layer consists of."""
    layer = tf.keras.layers.LSTM(3, recurrent_activation=activation)
    traced = tf.function(lambda x: layer(x)).get_concrete_function(tf.TensorSpec((2, 4, 3)))
    library = traced.graph.as_graph_def().library.function
    return sorted({f.signature.name.rsplit("_", 1)[0] for f in library})


by_name, by_function = functions("sigmoid"), functions(tf.keras.activations.sigmoid)
print("by name:", by_name)
print("by function:", by_function)


def accelerated(names):
    return any("cudnn" in name or "gpu_lstm" in name for name in names)


if not accelerated(by_name):
    print("witness: cannot tell")
else:
    print("witness:", "absent" if accelerated(by_function) else "present")
