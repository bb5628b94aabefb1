"""Does a graph hold the work of a model under TimeDistributed as often as that of a layer?"""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


def products(wrapped):
    inputs = tf.keras.Input(shape=(4, 2))
    model = tf.keras.Model(inputs, tf.keras.layers.TimeDistributed(wrapped)(inputs))
    graph = tf.function(lambda x: model(x)).get_concrete_function(
        tf.TensorSpec((None, 4, 2), tf.float32)).graph
    return sum(op.type in ("MatMul", "BatchMatMulV2") for op in graph.get_operations())


frame = tf.keras.Input(shape=(2,))
layer = products(tf.keras.layers.Dense(2))
model = products(tf.keras.Model(frame, tf.keras.layers.Dense(2)(frame)))
print("products in the graph: layer %d, model of that layer %d" % (layer, model))
if not layer:
    print("witness: cannot tell")
else:
    print("witness:", "present" if model > layer else "absent")
