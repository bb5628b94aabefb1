"""How a case of a Keras class is drawn: the object `d`, the kinds of case, and their registry.

    @cases("LSTM")
    def lstm(d):
        n, t, c = d.integer(1, 3), d.integer(1, 6), d.integer(1, 5)
        layer = d.L.LSTM(d.integer(1, 5), return_sequences=d.boolean())
        return Case(layer, d.normal(n, t, c), mask=d.mask(n, t), training=d.boolean())

Hypothesis decides every draw, so a case that disagrees shrinks to a small one. Arrays come from a
drawn seed: their shapes and scale shrink, their elements are the generator's.
"""
import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from reference.framework import KERAS3, L, keras

REGISTRY = {}  # name of a class -> Drawn
# Where Keras keeps the classes of a group; every other group holds layers.
NAMESPACES = {"losses": "losses", "metrics": "metrics", "optimizers": "optimizers",
              "schedules": "optimizers.schedules", "initializers": "initializers",
              "regularizers": "regularizers", "constraints": "constraints"}
# Attributes of a case that hold the object which has a config.
CONFIGURED = ("subject", "optimizer", "schedule", "loss", "metric", "initializer", "regularizer",
              "constraint")
SCALES = (1.0, 0.3, 3.0, 1e-3, 100.0)


class Drawn:
    """The function that draws cases of one class of one group."""

    def __init__(self, name, group, function):
        self.name, self.group, self.function = name, group, function

    def keras_class(self):
        """The class in this release, or None where the release has none of that name."""
        place = keras
        for part in NAMESPACES.get(self.group, "layers").split("."):
            place = getattr(place, part, None)
        return getattr(place, self.name, None)


def cases(*names):
    """Registers a function of `d` that draws one case of a class; `d.name` tells which."""
    def register(function):
        group = function.__module__.rsplit(".", 1)[-1]
        for name in names:
            REGISTRY[group, name] = Drawn(name, group, function)
        return function
    return register


class Draw:
    """What a drawing function asks for its sizes, options and arrays."""

    L, keras, reject = L, keras, staticmethod(reject)  # reject(): this combination is not allowed
    keras3 = KERAS3

    def __init__(self, data, name):
        self.data, self.name = data, name

    def integer(self, lo, hi):
        return self.data.draw(st.integers(lo, hi))

    def real(self, lo, hi):
        return self.data.draw(st.floats(lo, hi, allow_nan=False, width=32))

    def boolean(self):
        return self.data.draw(st.booleans())

    def choice(self, options):
        """One of a list; the first is the simplest."""
        return self.data.draw(st.sampled_from(list(options)))

    def count(self, few, many):
        """How many images, rows, ...: few where cases are to agree; many where a fault is to be told
        from chance."""
        return self.integer(1, few)

    def training(self):
        return self.boolean()

    def random(self):
        """A generator for what the methods below do not offer."""
        return np.random.RandomState(self.data.draw(st.integers(0, 2 ** 32 - 1)))

    def normal(self, *shape, dtype="float32", scale=None):
        scale = self.choice(SCALES) if scale is None else scale
        return (self.random().normal(size=shape) * scale).astype(dtype)

    def uniform(self, *shape, lo=0.0, hi=1.0, dtype="float32"):
        return self.random().uniform(lo, hi, size=shape).astype(dtype)

    def integers(self, lo, hi, *shape, dtype="int32"):
        """Inclusive of both ends."""
        return self.random().randint(lo, hi + 1, size=shape).astype(dtype)

    def mask(self, n, t):
        """(n, t) of booleans: a prefix of each row, or any pattern; a row may be all False."""
        if self.boolean():
            return np.arange(t)[None, :] < self.integers(0, t, n, 1)
        return self.random().rand(n, t) < 0.7


class Case:
    """One application of a layer. `inputs`: an array or a list; `mask`: one, or a list as long;
    `extra`: further positional arguments; `kwargs`: keyword arguments of the call."""

    rules = ("layer-output",)

    def __init__(self, layer, inputs, mask=None, training=None, kwargs=None, initial_state=None,
                 extra=(), randomize=True, config=True, applied=None):
        self.layer, self.inputs, self.mask, self.training = layer, inputs, mask, training
        self.kwargs, self.initial_state, self.extra = dict(kwargs or {}), initial_state, list(extra)
        self.config = config  # it round-trips
        self.applied = applied or layer  # what is called; a model where a layer cannot be
        self.randomize = randomize  # weights get values of their own after they are built

    @property
    def subject(self):
        """What has a config; None where there is nothing to round-trip."""
        return self.layer if self.config else None

    def record(self, trace, rng):
        """Writes the events that the engine judges; returns what is wrong already, or None."""
        from reference.application import record
        return record(self, trace, rng)

    def describe(self):
        config = {k: v for k, v in self.layer.get_config().items()
                  if v is not None and k != "name" and not k.endswith("_initializer")}
        shapes = [np.shape(x) for x in
                  (self.inputs if isinstance(self.inputs, (list, tuple)) else [self.inputs])]
        return "%s(%s) on %s%s%s%s%s" % (
            type(self.layer).__name__, config, shapes,
            "" if self.training is None else ", training=%s" % self.training,
            "" if self.mask is None else ", mask",
            "" if self.initial_state is None else ", initial_state",
            "".join(", " + name for name in self.kwargs))
