"""Runs one small program in a fork for each hook named, in which that hook of the probe fails.

every_hook.py FOLDER [HOOK...]: each child writes FOLDER/N.trace and FOLDER/N.out (its text) and the
line "N STATUS" is printed; child 0 is not watched. Forks spare each hook an import of the framework.
"""
import importlib
import os
import random
import sys

os.environ.pop("KERASAN_TRACE", None)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow import keras  # noqa: E402


def watch(trace, hook):
    os.environ.update(KERASAN_TRACE=trace, KERASAN_FAULT=hook, KERASAN_BUDGET="100")
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "ImportWatcher"]
    for name in [m for m in sys.modules if m.split(".")[0] == "kerasan_probe"]:
        del sys.modules[name]
    bootstrap = importlib.import_module("kerasan_probe.bootstrap")
    bootstrap.start()
    bootstrap.rec.safely("import tensorflow", bootstrap.ImportWatcher()._loaded)


class Notes(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch, sorted(logs.items()))


def built():
    inputs = keras.Input((4, 3))
    hidden = keras.layers.TimeDistributed(keras.layers.Dense(4, activation="tanh"))(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    hidden = keras.layers.GlobalAveragePooling1D()(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


def own_loop(model, x, y, in_graph):
    optimizer = keras.optimizers.SGD(0.05)

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    run = tf.function(step) if in_graph else step
    print("losses", [float(run(tf.constant(x), tf.constant(y))) for _ in range(3)])


def program(folder):
    random.seed(1)
    np.random.seed(1)
    tf.random.set_seed(1)
    x = np.random.rand(20, 4, 3).astype("float32")
    y = x.sum((1, 2))[:, None]
    model = built()
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    history = model.fit(x, y, batch_size=8, epochs=2, validation_data=(x[:10], y[:10]), verbose=0,
                        callbacks=[Notes()])
    print(sorted(history.history.items()))
    print(model.evaluate(x, y, batch_size=8, verbose=0), model.predict(x, verbose=0).tobytes().hex())
    print(model.train_on_batch(x, y), model.test_on_batch(x, y), model.predict_on_batch(x).sum())
    model.summary()
    path = os.path.join(folder, "model.h5" if tf.__version__ < "2.12" else "model.keras")
    model.save(path)
    again = keras.models.load_model(path)
    print(again.evaluate(x, y, verbose=0))
    model.save_weights(os.path.join(folder, "w.weights.h5"))
    again.load_weights(os.path.join(folder, "w.weights.h5"))
    keras.models.clone_model(again)
    own_loop(again, x, y, in_graph=False)
    own_loop(again, x, y, in_graph=True)
    print([w.tobytes().hex() for w in model.get_weights() + again.get_weights()])


def child(number, folder, hook):
    out = os.open(os.path.join(folder, "%d.out" % number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    if hook is not None:
        watch(os.path.join(folder, "%d.trace" % number), hook)
    place = os.path.join(folder, "files-%d" % number)
    os.makedirs(place)
    program(place)
    sys.exit(7)


folder, hooks = sys.argv[1], [None] + sys.argv[2:]
for number, hook in enumerate(hooks):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        child(number, folder, hook)
    print(number, os.waitpid(pid, 0)[1] >> 8)
