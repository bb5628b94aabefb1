"""Does fit_generator run a layer's Python code again for every batch, where fit does not?"""
import numpy as np
import tensorflow as tf

BATCHES = 30
calls = []


class Counted(tf.keras.layers.Dense):
    def call(self, inputs):
        calls.append(1)
        return super(Counted, self).call(inputs)


def model_of():
    model = tf.keras.Sequential([Counted(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model


def batches():
    while True:
        yield np.zeros((4, 2), "float32"), np.zeros((4, 1), "float32")


def count(train):
    model = model_of()
    del calls[:]
    train(model)
    return len(calls)


x, y = np.zeros((4 * BATCHES, 2), "float32"), np.zeros((4 * BATCHES, 1), "float32")
fit = count(lambda m: m.fit(x, y, batch_size=4, verbose=0))
generator = count(lambda m: m.fit_generator(batches(), steps_per_epoch=BATCHES, verbose=0))
print("calls in fit and fit_generator:", fit, generator, "for", BATCHES, "batches")
if fit >= BATCHES:
    print("witness: cannot tell")
else:
    print("witness:", "present" if generator >= BATCHES else "absent")
