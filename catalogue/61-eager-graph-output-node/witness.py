"""Is the output of a model made eagerly the operation that it is in a graph?"""
import tensorflow as tf

tf.compat.v1.enable_eager_execution()


def output():
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(2, activation="sigmoid", input_shape=(3,), name="last")])
    return model.output.op.name, model.output.op.type


eager = output()
with tf.Graph().as_default():
    graph = output()
print("eager:", eager, "graph:", graph)
print("witness:", "absent" if eager[1] == graph[1] else "present")
