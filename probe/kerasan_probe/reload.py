"""Loads, in a fresh process, what a program has saved: `python -m kerasan_probe.reload JOB`.

JOB is a JSON file {framework, path, stamp, model, file, saves, config, class, custom, evaluate,
predict}:
`path` is what the program called the file, `file` where it lies now; `model` the id that the saved
model had; `custom` the names of its classes that are not of the framework;
`evaluate` {x, y, sample_weight, batch_size} or null, with arrays as {"$array": {file, dtype,
shape}}; `predict` likewise, of which only x is used. The hooks of the probe record what comes of it.
Nothing is carried out that loading does not do by itself.
"""
import json
import os
import sys

import numpy as np

from kerasan_probe.recorder import rec


def framework(told):
    """Keras as the program had it."""
    if told["adapter"] == "keras3":
        os.environ["KERAS_BACKEND"] = told["backend"]
        import keras
    else:
        import tensorflow
        if tensorflow.__version__.startswith("1.") and told["eager"]:
            tensorflow.compat.v1.enable_eager_execution()
        keras = tensorflow.keras
    keras.backend.set_floatx(told["floatx"])
    return keras


def stand_in(job):
    """Lets the file be known by the name that the program gave it."""
    from kerasan_probe.adapters import common_models, saves
    plain, stamp = common_models.path_text, saves.stamp
    common_models.path_text = lambda path: job["path"] if path == job["file"] else plain(path)
    saves.stamp = lambda path: job["stamp"] if path == job["file"] else stamp(path)
    common_models._saved[job["path"]] = job["model"]


def restored(value):
    """The Python value of an event's JSON; raises ValueError for what has none."""
    if isinstance(value, list):
        return [restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, held), = value.items()
        if key in ("$tuple", "$shape"):
            return tuple(restored(item) for item in held)
        if key == "$float":
            return float(held)
        if key == "$dtype":
            return held
        if key == "$array":
            return np.fromfile(held["file"], held["dtype"]).reshape(held["shape"])
    if any(key.startswith("$") for key in value):
        raise ValueError("a configuration that holds objects")
    return {key: restored(item) for key, item in value.items()}


def load(keras, job):
    if job["saves"] == "model":
        return keras.models.load_model(job["file"])
    config = restored(job["config"])
    sys.modules["kerasan_probe.adapters.saves"].note_told(config, job["model"])
    model = getattr(keras, job["class"]).from_config(config)
    model.load_weights(job["file"])
    return model


def head(value, size):
    """The first rows of every array."""
    if isinstance(value, dict):
        return {key: head(item, size) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(head(item, size) for item in value)
    return value[:size] if isinstance(value, np.ndarray) else value


def evaluate(model, job, given):
    if getattr(model, "optimizer", None) is None and getattr(model, "loss", None) is None:
        rec.uncovered("a model that loads without its compile state is not evaluated",
                      os.path.basename(job["path"]))
        return
    size = given["batch_size"]
    x, y, weight = (restored(given[part]) for part in ("x", "y", "sample_weight"))
    # Some releases make the metrics with the first batch; what they are is told before the second.
    model.evaluate(head(x, size), head(y, size), verbose=0, batch_size=size)
    model.evaluate(x, y, verbose=0, sample_weight=weight, batch_size=size)


def main(path):
    with open(path) as stream:
        job = json.load(stream)
    keras = framework(job["framework"])
    stand_in(job)
    try:
        model = load(keras, job)
    except Exception as error:  # a class of the program, a Lambda that is not run, a bad file
        why = "it needs %s" % ", ".join(job["custom"]) if job["custom"] else \
            "%s: %s" % (type(error).__name__, str(error).split("\n")[0][:200])
        rec.uncovered("a fresh process cannot load what was saved",
                      "%s: %s" % (os.path.basename(job["path"]), why))
        return
    if job["predict"] is not None:
        model.predict(restored(job["predict"]["x"]), verbose=0,
                      batch_size=job["predict"]["batch_size"])
    if job["saves"] == "model" and job["evaluate"] is not None:
        evaluate(model, job, job["evaluate"])


if __name__ == "__main__":
    main(sys.argv[1])
