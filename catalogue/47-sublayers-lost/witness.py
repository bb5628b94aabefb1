"""Does a model hold the weights of layers that were called on a tensor and None?"""
import tensorflow as tf


class Block(tf.keras.layers.Layer):
    def __init__(self, name):
        super(Block, self).__init__(name=name)
        self.scale = self.add_weight("scale", shape=(3,), initializer="ones")
        self.dense = tf.keras.layers.Dense(3)
        self.dropout = tf.keras.layers.Dropout(0.1)

    def call(self, inputs, training=False):
        return self.dropout(self.dense(inputs[0] * self.scale), training=training)


inputs = tf.keras.Input(shape=(3,))
layers = [Block("one"), Block("two")]
model = tf.keras.Model(inputs, layers[1]((layers[0]((inputs, None)), None)))
made = sum(len(layer.weights) for layer in layers)
print("weights made and held:", made, len(model.weights))
print("witness:", "absent" if made == len(model.weights) else "present")
