"""Does evaluate, called again and again on one array, keep building graphs or memory?"""
import gc

import numpy as np
import tensorflow as tf


def resident():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * 4096 / 2.0 ** 20


calls = []


class Counted(tf.keras.layers.Dense):
    def call(self, inputs):
        calls.append(1)
        return super(Counted, self).call(inputs)


model = tf.keras.Sequential([Counted(100, activation="softmax", input_shape=(100,))])
model.compile(loss="mse", optimizer="sgd")
x, y = np.zeros((1, 100), "float32"), np.zeros((1, 100), "float32")
for _ in range(10):
    model.evaluate(x, y, verbose=0)
gc.collect()
start, traced = resident(), len(calls)
ROUNDS = 100
for _ in range(ROUNDS):
    model.evaluate(x, y, verbose=0)
gc.collect()
grown = resident() - start
print("%d calls: %.1f MiB more memory, layer run from Python %d times"
      % (ROUNDS, grown, len(calls) - traced))
if grown > 25:
    print("witness: present")
elif grown < 12:
    print("witness: absent")
else:
    print("witness: cannot tell")
