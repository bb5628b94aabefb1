"""Do stacked cells learn that they are being trained, as a single cell does?"""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
told = []


class Cell(tf.keras.layers.LSTMCell):
    def call(self, inputs, states, training=None):
        told.append(training)
        return super(Cell, self).call(inputs, states, training=training)


def flags(cell):
    del told[:]
    tf.keras.layers.RNN(cell)(tf.ones((4, 3, 2)), training=True)
    return [str(flag) for flag in told]


alone, stacked = flags(Cell(2)), flags(tf.keras.layers.StackedRNNCells([Cell(2)]))
print("told alone:", alone, "in a stack:", stacked)
if not alone or "None" in alone:
    print("witness: cannot tell")
else:
    print("witness:", "present" if "None" in stacked else "absent")
