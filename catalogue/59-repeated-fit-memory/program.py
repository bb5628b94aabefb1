"""Goes on training and scoring one model as new measurements come in."""
import resource

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(59)
model = tf.keras.Sequential([tf.keras.layers.Dense(100, activation="softmax", input_shape=(100,))])
model.compile(loss="mse", optimizer="sgd")


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


for arrival in range(1, 61):
    x = rng.normal(size=(1, 100)).astype("float32")
    y = rng.normal(size=(1, 100)).astype("float32")
    model.fit(x, y, verbose=0)
    score = model.evaluate(x, y, verbose=0)
    if arrival % 20 == 0:
        print("after %d: score %.4f, %.0f MiB of memory" % (arrival, score, memory()))
