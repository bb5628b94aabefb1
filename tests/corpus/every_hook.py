"""Runs small programs in forks, in each of which one hook of the probe fails.

every_hook.py FOLDER [PART:HOOK...]: run N writes FOLDER/N.trace and FOLDER/N.out (its text) and the
line "N STATUS" is printed. Without a HOOK the program is not watched; the hook "none" does not fail.
Forks spare each run the import of the framework.
"""
import importlib
import os
import random
import sys

os.environ.pop("KERASAN_TRACE", None)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow import keras  # noqa: E402

AT_ONCE = 2


def watch(trace, hook):
    os.environ.update(KERASAN_TRACE=trace, KERASAN_FAULT=hook)
    bootstrap = importlib.import_module("kerasan_probe.bootstrap")
    bootstrap.start()
    bootstrap.rec.safely("import tensorflow", bootstrap.ImportWatcher()._loaded)


class Notes(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch, sorted(logs.items()))


def small(size=3):
    first = {"input_shape": (size,)} if tf.__version__ < "2.2" else {}
    layers = [keras.layers.Dense(4, activation="tanh", **first), keras.layers.Dense(1)]
    return keras.Sequential(layers if first else [keras.Input((size,))] + layers)


def data(size=3):
    x = np.random.rand(20, size).astype("float32")
    return x, x.sum(1, keepdims=True)


def show(model):
    print([w.tobytes().hex() for w in model.get_weights()])


class Gain(keras.layers.Layer):
    def build(self, input_shape):
        self.gain = self.add_weight("gain", shape=(), initializer="ones")
        super(Gain, self).build(input_shape)

    def call(self, inputs):
        return inputs * self.gain


def fit(_folder):
    if tf.executing_eagerly() and not hasattr(keras, "ops"):
        print(tuple(Gain().compute_output_shape((None, 3))))
    print(tf.expand_dims(np.zeros((2, 3)), 0).shape)
    inputs = keras.Input((4, 3))
    hidden = keras.layers.TimeDistributed(keras.layers.Dense(4, activation="tanh"))(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.GlobalAveragePooling1D()(hidden)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    if [int(n) for n in tf.__version__.split(".")[:2]] < [2, 4]:
        print(model.output.op.type)
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    x = np.random.rand(20, 4, 3).astype("float32")
    y = x.sum((1, 2))[:, None]
    history = model.fit(x, y, batch_size=8, epochs=2, validation_data=(x[:10], y[:10]), verbose=0,
                        callbacks=[Notes()])
    print(sorted(history.history.items()))
    print(model.evaluate(x, y, batch_size=8, verbose=0))
    print(model.predict(x, verbose=0).tobytes().hex())
    show(model)


def batches(_folder):
    model, (x, y) = small(), data()
    model.compile("sgd", "mse")
    for _ in range(2):
        print(model.train_on_batch(x, y))
    print(model.test_on_batch(x, y), np.sum(model.predict_on_batch(x)))
    show(model)


def files(folder):
    model, (x, y) = small(), data()
    model.compile("sgd", "mse")
    model.summary()
    path = os.path.join(folder, "model.h5" if tf.__version__ < "2.12" else "model.keras")
    weights = os.path.join(folder, "w.weights.h5")
    model.save(path)
    again = keras.models.load_model(path)
    print(again.evaluate(x, y, verbose=0))
    keras.models.clone_model(again)
    again.save_weights(weights)
    again.load_weights(weights)
    show(model)
    print([w.shape for w in again.get_weights()])


def loops(_folder):
    model, (x, y) = small(), data()
    optimizer = keras.optimizers.SGD(0.05)

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for run in (step, tf.function(step)):
        print([float(run(tf.constant(x), tf.constant(y))) for _ in range(3)])
    show(model)


def child(number, folder, part, hook):
    out = os.open(os.path.join(folder, "%d.out" % number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    if hook:
        watch(os.path.join(folder, "%d.trace" % number), hook)
    place = os.path.join(folder, "files-%d" % number)
    os.makedirs(place)
    set_seed = tf.random.set_seed if tf.__version__ >= "2" else tf.compat.v1.set_random_seed
    for seed in (random.seed, np.random.seed, set_seed):
        seed(1)
    {"fit": fit, "batches": batches, "files": files, "loops": loops}[part](place)
    sys.exit(7)


def main(folder, wanted):
    running = {}

    def wait_for_one():
        pid, status = os.wait()
        print(running.pop(pid), status >> 8 if status & 127 == 0 else -(status & 127))

    for number, text in enumerate(wanted):
        if len(running) == AT_ONCE:
            wait_for_one()
        part, _, hook = text.partition(":")
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            child(number, folder, part, hook)
        running[pid] = number
    while running:
        wait_for_one()


main(sys.argv[1], sys.argv[2:])
