"""Is the cross entropy behind a softmax layer, sure and wrong, the distance of its scores?"""
import numpy as np
import tensorflow as tf


def loss(softmax):
    scores = tf.keras.Input(shape=(3,))
    labels = tf.keras.Input(shape=(), dtype="int32")
    entropy = tf.keras.losses.sparse_categorical_crossentropy(labels, softmax(scores))
    model = tf.keras.Model([scores, labels], entropy)
    return float(model.predict([np.array([[40, 0, 0]], "float32"), np.array([1], "int32")])[0])


by_layer, by_function = loss(tf.keras.layers.Softmax()), loss(tf.nn.softmax)
print("distance of the scores 40, by layer %.4f, by function %.4f" % (by_layer, by_function))
if abs(by_function - 40) > 1e-3:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if abs(by_layer - 40) < 1e-3 else "present")
