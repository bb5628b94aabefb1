"""Is the binary cross entropy of flat labels that of the same labels in a column?"""
import numpy as np
import tensorflow as tf

K = tf.keras.backend
labels = np.array([1, 1, 1, 0, 1, 0, 0, 1, 1, 0], "float32")
answers = np.linspace(0.05, 0.95, 10).astype("float32").reshape(-1, 1)
entropy = tf.keras.losses.BinaryCrossentropy()
truth = float(np.mean(-np.log(np.where(labels > 0.5, answers[:, 0], 1 - answers[:, 0]))))


def loss(targets):
    return float(K.eval(entropy(K.constant(targets), K.constant(answers))))


column, flat = loss(labels.reshape(-1, 1)), loss(labels)
print("by definition %.5f, column %.5f, flat %.5f" % (truth, column, flat))
if abs(column - truth) > 1e-4:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if abs(flat - truth) < 1e-4 else "present")
