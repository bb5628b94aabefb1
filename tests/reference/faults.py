"""Small faults of a layer: each gives outputs that a faulty framework would have given.

A fault is a function of an `Applied` and a random generator that returns the faulty outputs (a list
of arrays) or None where it has no place in this case.
"""
import contextlib

import numpy as np

from reference.application import call_arguments, flat
from reference.framework import seed, to_numpy

OUTPUT, WEIGHT, CALL = {}, {}, {}


class Applied:
    """A case, its layer's weights and the healthy outputs."""

    def __init__(self, case, outputs, seed):
        self.case, self.layer, self.outputs = case, case.layer, outputs
        self.seed = seed  # of what a copy of the layer draws

    def again(self, layer=None, **changed):
        """The outputs with some attributes of the case changed."""
        kept = {name: getattr(self.case, name) for name in changed}
        try:
            for name, value in changed.items():
                setattr(self.case, name, value)
            args, kwargs = call_arguments(self.case)
            return [to_numpy(leaf) for leaf in flat((layer or self.case.applied)(*args, **kwargs))]
        finally:
            for name, value in kept.items():
                setattr(self.case, name, value)


def fault(table, name):
    def register(function):
        table[name] = function
        return function
    return register


# -- the recorded output ------------------------------------------------------------------------
def on_largest(function):
    """The fault on a copy of the largest floating output."""
    def apply(applied, rng):
        outputs = [np.array(o) for o in applied.outputs]
        real = [i for i, o in enumerate(outputs) if o.dtype.kind == "f" and o.size]
        if not real:
            return None
        at = max(real, key=lambda i: outputs[i].size)
        outputs[at] = function(outputs[at], rng)
        return None if outputs[at] is None else outputs
    return apply


@fault(OUTPUT, "one element moved by 1 % of the largest")
@on_largest
def moved(y, rng):
    y.reshape(-1)[rng.randint(y.size)] += 0.01 * np.abs(y).max()
    return y


@fault(OUTPUT, "scaled by 1.01")
@on_largest
def scaled(y, rng):
    return (y * 1.01).astype(y.dtype)


@fault(OUTPUT, "shifted by one along an axis")
@on_largest
def shifted(y, rng):
    axes = [a for a in range(1, y.ndim) if y.shape[a] > 1]
    return np.roll(y, 1, axis=axes[rng.randint(len(axes))]) if axes else None


@fault(OUTPUT, "rows exchanged")
@on_largest
def rows(y, rng):
    return y[::-1].copy() if y.ndim and len(y) > 1 else None


@fault(OUTPUT, "axes exchanged")
@on_largest
def axes(y, rng):
    return np.ascontiguousarray(np.swapaxes(y, -1, -2)) \
        if y.ndim > 2 and y.shape[-1] == y.shape[-2] and y.shape[-1] > 1 else None


@fault(OUTPUT, "last element of a row is zero")
@on_largest
def lost(y, rng):
    if y.ndim < 1 or not y.shape[-1]:
        return None
    y[..., -1] = 0
    return y


# -- a weight that is not used as it should be ----------------------------------------------------
@contextlib.contextmanager
def replaced(layer, values):
    kept = [to_numpy(w).copy() for w in layer.weights]
    try:
        for weight, value in zip(layer.weights, values):
            weight.assign(value)
        yield
    finally:
        for weight, value in zip(layer.weights, kept):
            weight.assign(value)


def on_weights(words):
    """The fault on each weight whose name has one of the words."""
    def decorate(function):
        def apply(applied, rng):
            layer = applied.layer
            values, met = [to_numpy(w).copy() for w in layer.weights], False
            for i, weight in enumerate(layer.weights):
                if any(word in weight.name for word in words):
                    new = function(values[i])
                    if new is not None and new.shape == values[i].shape:
                        values[i], met = new.astype(values[i].dtype), True
            if not met:
                return None
            with replaced(layer, values):
                return applied.again()
        return apply
    return decorate


@fault(WEIGHT, "bias dropped")
@on_weights(["bias"])
def bias(w):
    return np.zeros_like(w)


@fault(WEIGHT, "kernel transposed")
@on_weights(["kernel"])
def transposed(w):
    return np.swapaxes(w, -1, -2) if w.ndim > 1 and w.shape[-1] == w.shape[-2] > 1 else None


@fault(WEIGHT, "kernel reversed along its first axis")
@on_weights(["kernel"])
def reversed_kernel(w):
    return w[::-1] if w.ndim > 1 and len(w) > 1 else None


@fault(WEIGHT, "first two gates exchanged")
@on_weights(["kernel"])
def gates(w):
    if w.shape[-1] % 12 and w.shape[-1] % 4 and w.shape[-1] % 3:
        return None
    count = 4 if w.shape[-1] % 4 == 0 else 3
    part = w.shape[-1] // count
    return np.concatenate([w[..., part:2 * part], w[..., :part], w[..., 2 * part:]], -1)


@fault(WEIGHT, "gamma ignored")
@on_weights(["gamma", "scale"])
def gamma(w):
    return np.ones_like(w)


@fault(WEIGHT, "beta ignored")
@on_weights(["beta"])
def beta(w):
    return np.zeros_like(w)


@fault(WEIGHT, "moving mean stale")
@on_weights(["moving_mean"])
def stale_mean(w):
    return w * 0.9


@fault(WEIGHT, "moving variance stale")
@on_weights(["moving_variance"])
def stale_variance(w):
    return w * 0.99 + 0.01


@fault(WEIGHT, "weights rounded to half precision")
@on_weights([""])
def rounded(w):
    return w.astype("float16").astype(w.dtype) if w.dtype.kind == "f" and w.dtype.itemsize > 2 else None


@fault(WEIGHT, "one weight off by 10 %")
@on_weights(["kernel", "embeddings", "gamma", "alpha"])
def one_weight(w):
    w.reshape(-1)[int(np.argmax(np.abs(w)))] *= 1.1
    return w


# -- an argument of the call that is not followed ---------------------------------------------------
@fault(CALL, "mask ignored")
def no_mask(applied, rng):
    return None if applied.case.mask is None else applied.again(mask=None)


@fault(CALL, "mask inverted")
def inverted(applied, rng):
    mask = applied.case.mask
    return applied.again(mask=~mask) if isinstance(mask, np.ndarray) else None


@fault(CALL, "training flag not followed")
def training(applied, rng):
    flag = applied.case.training
    return None if flag is None else applied.again(training=not flag)


@fault(CALL, "initial state ignored")
def no_state(applied, rng):
    return None if applied.case.initial_state is None else applied.again(initial_state=None)


@fault(CALL, "input off by one")
def off_by_one(applied, rng):
    x = applied.case.inputs
    if not isinstance(x, np.ndarray) or x.ndim < 3 or x.shape[1] < 2:
        return None
    return applied.again(inputs=np.roll(x, 1, axis=1))


@fault(CALL, "inputs exchanged")
def exchanged(applied, rng):
    x = applied.case.inputs
    if not isinstance(x, list) or len(x) < 2 or x[0].shape != x[1].shape:
        return None
    return applied.again(inputs=[x[1], x[0]] + x[2:])


@fault(CALL, "last row of the input ignored")
def last_row(applied, rng):
    x = applied.case.inputs
    if not isinstance(x, np.ndarray) or len(x) < 2:
        return None
    return applied.again(inputs=np.concatenate([x[:-1], x[:1]]))


# -- an argument of the constructor that is not followed --------------------------------------------
NOT_VALUES = ("name", "dtype", "trainable", "seed", "unroll", "implementation", "stateful", "momentum",
              "synchronized", "time_major", "ragged", "sparse",
              "output_size")  # another one is another shape; one larger than the input crashes
CHOICES = [["valid", "same", "causal"], ["nearest", "bilinear", "bicubic"],
           ["concat", "sum", "mul", "ave"], ["channels_last", "channels_first"],
           ["int", "one_hot", "multi_hot", "count"], ["max", "avg"]]
ACTIVATIONS = ["relu", "tanh", "sigmoid", "linear", "softplus"]


def others(key, value):
    """Values that a layer which does not follow the argument might work with."""
    if key in NOT_VALUES or key.endswith(("initializer", "regularizer", "constraint", "shape")):
        return []
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1] + ([value - 1] if value > 1 or value < 0 else [])  # 0 strides crash
    if isinstance(value, float):
        return [value * 10] if key == "epsilon" else [value * 1.1, value + 0.1]
    if isinstance(value, str):
        if "activation" in key:
            return [name for name in ACTIVATIONS if name != value][:2]
        for choices in CHOICES:
            if value in choices:
                return [name for name in choices if name != value]
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, int) for v in value):
        kind = tuple if isinstance(value, tuple) else list
        return [kind(v + 1 for v in value), kind(list(value)[::-1])]
    return []


class Unchanged(Exception):
    """A fault gives the very output of an unchanged copy of the layer with the same draws."""


def copy_of(applied, config):
    """The outputs of a new layer with the weights of the case; None where they do not fit it."""
    seed(applied.seed)
    layer = type(applied.layer).from_config(config)
    applied.again(layer=layer)  # builds
    theirs, ours = layer.weights, applied.layer.weights
    if len(theirs) != len(ours) or any(a.shape != b.shape for a, b in zip(theirs, ours)):
        return None
    for a, b in zip(theirs, ours):
        a.assign(to_numpy(b))
    getattr(layer, "finalize_state", lambda: None)()  # what it derives from its weights
    return applied.again(layer=layer)


def equal(some, others):
    """The same up to roundings in single precision."""
    return len(some) == len(others) and all(
        a.shape == b.shape and np.allclose(a.astype("float64"), b.astype("float64"), rtol=0,
                                           atol=1e-5 * np.abs(b).max(initial=0), equal_nan=True)
        for a, b in zip(some, others))


def not_followed(key, place):
    """The fault: the layer works with the other value number `place` of the argument."""
    def apply(applied, rng):
        config = applied.layer.get_config()
        choices = others(key, config.get(key))
        if place >= len(choices):
            return None
        wrong = copy_of(applied, dict(config, **{key: choices[place]}))
        if wrong is not None and equal(wrong, copy_of(applied, config)):
            raise Unchanged
        return wrong
    return apply


def faults_of(case):
    """{name: function} of the faults that may have a place in cases of this class."""
    table = {}
    for kind in (OUTPUT, WEIGHT, CALL):
        table.update(kind)
    config = case.layer.get_config()
    if "output_size" in config:  # with another layout it may exceed the input: the process dies
        config = {}
    for key in sorted(config):
        for place in range(len(others(key, config[key]))):
            table["%s not followed (%d)" % (key, place + 1)] = not_followed(key, place)
    return table
