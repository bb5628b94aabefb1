"""Summaries of models of every kind: nested, shared, wrapped, with loose operations and own layers."""
import numpy as np
import tensorflow as tf

layers = tf.keras.layers


class Pair(layers.Layer):
    """Calls layers of its own on a dictionary, and changes nothing that it was given."""

    def __init__(self, **kwargs):
        super(Pair, self).__init__(**kwargs)
        self.left, self.right = layers.Dense(4), layers.Dense(4)

    def call(self, inputs):
        return self.left(inputs["a"]) * self.right(inputs["b"])


tower = tf.keras.Sequential(name="tower_with_a_rather_long_name_that_a_column_cuts")
tower.add(layers.Dense(8, activation="relu", input_shape=(6,)))
tower.add(layers.Activation("linear"))
tower.add(layers.Dense(4))
tower.summary()

frames = layers.Input(shape=(5, 6), name="frames")
steps = layers.TimeDistributed(layers.Dense(4), name="each_frame")(frames)
memory = layers.Bidirectional(layers.LSTM(4), name="both_ways")(steps)
shared = layers.Dense(4, name="shared")
once, twice = shared(memory), shared(layers.Reshape((8,))(memory))
joined = layers.concatenate([once, twice, layers.Lambda(lambda t: t * 2.0, name="doubled")(once)])
nested = tower(layers.Dense(6)(joined))
pair = Pair(name="pair")({"a": nested, "b": memory})
kept = layers.Activation("linear", name="kept")(pair)
outputs = [layers.Dense(1, name="first")(kept), layers.Dropout(0.5, name="second")(kept)]
model = tf.keras.Model(frames, outputs, name="all_of_it")
model.summary()

part = tf.keras.Model(frames, steps, name="part")
part.summary()
whole_input = layers.Input(shape=(5, 6))
states = layers.LSTM(4, return_state=True, name="states")(part(whole_input))
decoded = layers.LSTM(4, name="decoded")(part(whole_input), initial_state=states[1:])
around = tf.keras.Model(whole_input, layers.add([decoded, states[0]]), name="around")
around.summary()
print([value.shape for value in model.predict(np.ones((2, 5, 6), "float32"), verbose=0)])
