"""Saves many small models in every format of this release, with what its own reload makes of them.

python make_models.py FOLDER COUNT SEED [EVERY] writes FOLDER/index.json:
[{"name", "format", "saved", "resaved", "weights_equal", "predictions_equal", "inputs", "error"}].
TensorFlow's own formats, which take seconds, are written of each model whose number EVERY divides.
"""
import json
import os
import random
import sys

import h5py
import numpy as np
import tensorflow as tf

try:
    import keras
    if not hasattr(keras, "version") and int(keras.__version__.split(".")[0]) < 3:
        raise ImportError("the tf.keras of this release is meant")
    KERAS3 = True
except ImportError:
    from tensorflow import keras
    KERAS3 = False
tf.compat.v1.logging.set_verbosity("ERROR")
EAGER = tf.executing_eagerly()
L = keras.layers


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)


def dense_block(x, rng):
    x = L.Dense(rng.randint(2, 6), activation=rng.choice(["relu", "tanh", None]),
                use_bias=rng.random() < 0.8, kernel_regularizer=rng.choice([None, "l2"]))(x)
    if rng.random() < 0.4:
        x = L.BatchNormalization(center=rng.random() < 0.7, scale=rng.random() < 0.7)(x)
    if rng.random() < 0.3:
        x = L.Dropout(0.25)(x)
    if rng.random() < 0.2:
        x = rng.choice([L.ReLU, L.LeakyReLU, L.PReLU, L.ELU])()(x)
    return x


def vectors(rng):
    inputs = L.Input(shape=(rng.randint(2, 6),), name="given" if rng.random() < 0.3 else None)
    x = inputs
    for _ in range(rng.randint(1, 3)):
        x = dense_block(x, rng)
    return [inputs], x


def branches(rng):
    a, b = L.Input(shape=(4,)), L.Input(shape=(4,))
    shared = L.Dense(3, name="shared")
    x, y = shared(a), shared(b)
    merged = rng.choice([L.Add(), L.Concatenate(), L.Multiply(), L.Average()])([x, y])
    return [a, b], dense_block(merged, rng)


def images(rng):
    inputs = L.Input(shape=(8, 8, rng.choice([1, 3])))
    x = L.Conv2D(rng.randint(2, 4), 3, padding=rng.choice(["same", "valid"]),
                 strides=rng.choice([1, 2]), activation="relu")(inputs)
    x = rng.choice([
        lambda t: L.SeparableConv2D(3, 2, depth_multiplier=2)(t),
        lambda t: L.DepthwiseConv2D(2, depth_multiplier=2)(t),
        lambda t: L.Conv2DTranspose(2, 2)(t),
        lambda t: L.BatchNormalization()(t),
        lambda t: L.ZeroPadding2D(1)(t),
    ])(x)
    x = rng.choice([L.MaxPooling2D(2), L.AveragePooling2D(2), L.GlobalAveragePooling2D()])(x)
    return [inputs], dense_block(L.Flatten()(x), rng)


def sequences(rng):
    inputs = L.Input(shape=(5,), dtype="int32")
    x = L.Embedding(10, 4, mask_zero=rng.random() < 0.3)(inputs)
    kind = rng.choice(["LSTM", "GRU", "SimpleRNN"])
    make = getattr(L, kind)
    if rng.random() < 0.4:
        x = L.Bidirectional(make(3, return_sequences=True))(x)
    if rng.random() < 0.3:
        x = L.TimeDistributed(L.Dense(4))(x)
    x = make(3, use_bias=rng.random() < 0.8)(x)
    return [inputs], dense_block(x, rng)


def signals(rng):
    inputs = L.Input(shape=(12, 2))
    x = L.Conv1D(3, 3, padding=rng.choice(["same", "valid", "causal"]))(inputs)
    x = L.LayerNormalization()(x)
    x = rng.choice([L.GlobalMaxPooling1D(), L.Flatten()])(x)
    return [inputs], dense_block(x, rng)


def nested(rng):
    inner_in = L.Input(shape=(4,))
    inner = keras.Model(inner_in, L.Dense(3)(dense_block(inner_in, rng)), name="inner")
    inputs = L.Input(shape=(4,))
    x = inner(inputs)
    if rng.random() < 0.5:
        x = L.Add()([x, inner(inputs)])
    return [inputs], dense_block(x, rng)


def sequential(rng):
    layers = [L.Dense(4, input_shape=(3,))] if not KERAS3 else [L.Input(shape=(3,)), L.Dense(4)]
    for _ in range(rng.randint(1, 3)):
        layers.append(rng.choice([lambda: L.Dense(3, trainable=False), L.BatchNormalization,
                                  lambda: L.Activation("sigmoid"), L.ReLU,
                                  L.Flatten])())
    layers += [L.Flatten(), L.Dense(2)]
    return keras.Sequential(layers), None


FAMILIES = [vectors, branches, images, sequences, signals, nested, sequential]


def make_model(number, seed):
    rng = random.Random(seed * 100003 + number)
    family = FAMILIES[number % len(FAMILIES)]
    made, outputs = family(rng)
    model = made if outputs is None else keras.Model(made, L.Dense(1, name="head")(outputs))
    optimizers = keras.optimizers
    optimizer = rng.choice([
        lambda: optimizers.Adam(1e-3), lambda: optimizers.SGD(0.01, momentum=0.9),
        lambda: optimizers.RMSprop(1e-3), lambda: optimizers.Adagrad(0.01)])()
    model.compile(optimizer, loss=rng.choice(["mse", "mae"]), metrics=["mae"])
    return model, rng


def inputs_of(model):
    drawn = []
    for tensor in model.inputs:
        shape = (4,) + tuple(int(d) for d in tensor.shape[1:])
        if "int" in str(tensor.dtype):
            drawn.append(np.random.randint(0, 10, shape).astype("int32"))
        else:
            drawn.append(np.random.uniform(-1, 1, shape).astype("float32"))
    return drawn


def predictions(model, given):
    """Not by `predict` where it would have to be compiled for each reload."""
    if EAGER:
        return np.asarray(model(given if len(given) > 1 else given[0], training=False))
    return model.predict(given, verbose=0)


def same(first, second):
    return len(first) == len(second) and all(
        a.dtype == b.dtype and np.array_equal(a, b, ) for a, b in zip(first, second))


def formats(folder, name, all_of_them):
    yield "h5", os.path.join(folder, name + ".h5")
    yield "h5-rewritten", os.path.join(folder, name + "-rewritten.h5")
    yield "weights", os.path.join(folder, name + ".weights.h5")
    if hasattr(keras, "saving") and hasattr(keras.saving, "save_model"):
        yield "keras", os.path.join(folder, name + ".keras")
    if not all_of_them:
        return
    yield "savedmodel", os.path.join(folder, name + "-savedmodel")
    yield "checkpoint", os.path.join(folder, name + "-checkpoint", "weights")


PACKINGS = [{"chunks": True}, {"compression": "gzip", "shuffle": True}, {"compression": "lzf"},
            {"compression": "gzip", "fletcher32": True}]


def rewrite(source, path):
    """The same contents in the newest layout of this h5py that libraries before HDF5 2.0 read."""
    newest = "latest" if h5py.version.hdf5_version_tuple < (2,) else ("v114", "v114")
    number = [0]

    with h5py.File(source, "r") as old, h5py.File(path, "w", libver=newest) as new:
        new.attrs.update(old.attrs)

        def copy(name, held):
            if isinstance(held, h5py.Group):
                made = new.require_group(name)
            else:
                packing = PACKINGS[number[0] % len(PACKINGS)] if held.size and held.shape else {}
                number[0] += 1
                made = new.create_dataset(name, data=held[()], **packing)
            made.attrs.update(held.attrs)

        old.visititems(copy)


def store(model, kind, path):
    if kind == "weights":
        model.save_weights(path)
    elif kind == "h5" and not KERAS3:
        model.save(path, save_format="h5")
    elif kind == "h5-rewritten":
        store(model, "h5", path + ".plain.h5")
        rewrite(path + ".plain.h5", path)
        os.remove(path + ".plain.h5")
    elif kind == "savedmodel":
        store_saved_model(model, path)
    elif kind == "checkpoint":
        if KERAS3:
            tf.train.Checkpoint(model=model).write(path)
        else:
            model.save_weights(path, save_format="tf")
    else:
        model.save(path)


def store_saved_model(model, path):
    if KERAS3:
        model.export(path, verbose=False)
    elif EAGER:
        model.save(path, save_format="tf")
    else:
        keras.experimental.export_saved_model(model, path)


def reload(model, kind, path):
    if kind in ("h5", "h5-rewritten", "keras"):
        return keras.models.load_model(path)
    if kind == "savedmodel":
        if KERAS3:  # an export comes back as functions and variables, not as a model
            return None
        return keras.models.load_model(path) if EAGER else keras.experimental.load_from_saved_model(
            path)
    again = keras.models.clone_model(model)
    if kind == "checkpoint" and KERAS3:
        tf.train.Checkpoint(model=again).read(path)
    else:
        again.load_weights(path)
    return again


def exported_equal(model, path):
    """Every weight of the model is among the variables that the framework reads back."""
    loaded = [v.numpy() for v in tf.saved_model.load(path).variables]
    return all(any(a.shape == b.shape and np.array_equal(a, b) for b in loaded)
               for a in model.get_weights())


def entry(folder, name, kind, path, model, given, predicted):
    row = {"name": name, "format": kind, "saved": path, "resaved": None, "error": None,
           "inputs": os.path.join(folder, name + ".npz")}
    try:
        store(model, kind, path)
        again = reload(model, kind, path)
        if again is None:
            row["weights_equal"] = exported_equal(model, path)
            return row
        row["weights_equal"] = same(model.get_weights(), again.get_weights())
        row["predictions_equal"] = same([predicted], [predictions(again, given)])
        resaved = path.replace(name, name + "-again")
        store(again, kind, resaved)
        row["resaved"] = resaved
    except Exception as error:  # a release that cannot reload its own file is told, not hidden
        row["error"] = "%s: %s" % (type(error).__name__, str(error)[:500])
    return row


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    rows = []
    for number in range(count):
        keras.backend.clear_session()
        seed_everything(seed * 7919 + number)
        model, _ = make_model(number, seed)
        given = inputs_of(model)
        target = np.random.uniform(0, 1, (4, 1 if model.output_shape[-1] == 1 else 2))
        model.fit(given, target.astype("float32"), epochs=1, verbose=0)
        predicted = predictions(model, given)
        name = "model%03d" % number
        np.savez(os.path.join(folder, name + ".npz"), *given)
        for kind, path in formats(folder, name, number % every == 0):
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            rows.append(entry(folder, name, kind, path, model, given, predicted))
        with open(os.path.join(folder, "index.part"), "w") as target:
            json.dump(rows, target, indent=1)
        # What is there when a long run is ended can be judged.
        os.replace(os.path.join(folder, "index.part"), os.path.join(folder, "index.json"))


if __name__ == "__main__":
    main()
