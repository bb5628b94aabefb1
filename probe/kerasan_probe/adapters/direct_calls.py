"""Layers that the program calls itself, outside every recorded call: where Python runs them, their
values are at hand and nothing needs to be run again."""
import contextlib
import functools
import importlib
import sys
import threading

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters import hooks, rerun, symbolic_calls
from kerasan_probe.adapters.common_models import builtin, flatten
from kerasan_probe.recorder import rec

ALWAYS = 2  # calls of one layer; further ones only while the budget allows
MAX_LAYERS = 64
_calls = {}  # ref of a layer -> calls recorded


class Local(threading.local):
    tap = None
    depth = 0


local = Local()


class DirectTap(rerun.Tap):
    """Records the built-in layers that one call of the program applies."""

    def __init__(self, fw, where):
        self.fw, self.where = fw, where
        self.model = self.step = None
        self.training, self.inside, self.counts = False, 0, {}

    def _before(self, layer, args, kwargs):
        if not builtin(layer) or not all(at_hand(leaf) for leaf in flatten([args, kwargs])) or \
                not layer.built and len(_calls) > MAX_LAYERS:
            return None
        with rec.budget.measure(), rec.quiet(), unrecorded():
            held = super(DirectTap, self)._before(layer, args, kwargs)
        held["where"], held["built"] = self.where, layer.built
        return held

    def _after(self, layer, held, outputs):
        if not held.pop("built") and layer.non_trainable_weights:
            return  # what it held before the call is not known
        with rec.budget.measure(), rec.quiet(), unrecorded():
            super(DirectTap, self)._after(layer, held, outputs)


def at_hand(leaf):
    """False for a tensor without a value."""
    return leaf is None or isinstance(leaf, (bool, int, float, str, np.ndarray)) or \
        type(leaf).__name__ == "EagerTensor"


def unrecorded():
    """Reading a variable is no part of what a gradient tape of the program sees."""
    for name in ("tape", "record"):  # where the releases keep it
        try:
            module = importlib.import_module("tensorflow.python.eager." + name)
            return module.stop_recording()
        except (ImportError, AttributeError):
            continue
    return contextlib.ExitStack()


def begin(fw, layer, frame):
    """A tap for this call, or None."""
    import tensorflow as tf
    if not tf.executing_eagerly() or tf.distribute.has_strategy() or \
            frames.origin(frame) != "program":
        return None
    key = rec.ref("layer", layer)
    count = _calls.get(key, 0)
    if not rec.budget.allow(count < ALWAYS and len(_calls) < MAX_LAYERS):
        return None
    _calls[key] = count + 1
    return DirectTap(fw, frames.user_frame(frame))


def install(fw, layer_class):
    owner = hooks.definer(layer_class, "__call__")
    original = vars(owner)["__call__"]

    @functools.wraps(original)  # keeps the module name: autograph leaves it alone
    def __call__(self, *args, **kwargs):
        if rec.is_quiet() or rec.current_call() is not None:
            return original(self, *args, **kwargs)
        given = None
        if local.depth == 0:
            local.tap = rec.safely("direct call", begin, fw, self, sys._getframe(1))
            given = rec.safely("symbolic call", symbolic_calls.begin, args)
        local.depth += 1
        try:
            if local.tap is None:
                result = original(self, *args, **kwargs)
            else:
                result = local.tap.call(original, self, args, kwargs)
        finally:
            local.depth -= 1
        if given:
            rec.safely("symbolic call", symbolic_calls.note, self, given, result)
        return result

    owner.__call__ = __call__
    symbolic_calls.install()
