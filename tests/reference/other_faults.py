"""Small faults of losses, metrics, optimizers and other objects, put in while they work.

A fault is a context manager of a case; `None` where it has no place.
"""
import contextlib

import numpy as np

from reference.faults import others
from reference.patches import attribute

# The method in which an object of a kind does its work, by the attribute that a case keeps it in.
METHODS = {"optimizer": "update_step", "loss": "call", "metric": "update_state",
           "schedule": "__call__", "initializer": "__call__", "regularizer": "__call__",
           "constraint": "__call__"}


def subject(case):
    """(attribute of the case, the object, the method that does its work)."""
    for name, method in METHODS.items():
        held = getattr(case, name, None)
        if held is not None and hasattr(held, "get_config"):
            return name, held, method
    return None


@contextlib.contextmanager
def method(owner, name, wrapper):
    """While entered, `wrapper(original, *args, **kwargs)` stands in the place of the method."""
    place = type(owner) if name.startswith("__") else owner
    original = getattr(place, name)

    def stand_in(*args, **kwargs):
        return wrapper(original, *args, **kwargs)

    shadowed = vars(place).get(name)
    setattr(place, name, stand_in)
    try:
        yield
    finally:
        if shadowed is not None:
            setattr(place, name, shadowed)
        else:
            delattr(place, name)


@contextlib.contextmanager
def entry(mapping, key, value):
    kept = mapping[key]
    mapping[key] = value
    try:
        yield
    finally:
        mapping[key] = kept


def working_with(owner, key, value):
    """A context in which the object has another value of an argument; None where it is not kept."""
    options = getattr(owner, "_fn_kwargs", None)
    if isinstance(options, dict) and key in options:
        return entry(options, key, value)
    for name in (key, "_" + key):
        if not callable(getattr(owner, name, None)) and name in vars(owner):
            return attribute(owner, name, value)
    return None


def not_followed(held, work, key, value):
    """While the method runs, the argument has the other value."""
    if working_with(held, key, value) is None:
        return None

    def wrapper(original, *args, **kwargs):
        with working_with(held, key, value):
            return original(*args, **kwargs)
    return lambda: method(held, work, wrapper)


def without(held, work, argument):
    """The method does not get one of its keyword arguments."""
    def wrapper(original, *args, **kwargs):
        kwargs.pop(argument, None)
        return original(*args, **kwargs)
    return lambda: method(held, work, wrapper)


def optimizer_faults(held):
    table = {}
    if hasattr(held, "_clip_gradients"):
        table["gradients not clipped"] = lambda: method(
            held, "_clip_gradients", lambda original, gradients: gradients)
    if hasattr(held, "_apply_weight_decay"):
        table["weight decay not applied"] = lambda: method(
            held, "_apply_weight_decay", lambda original, *args: None)

    def larger(original, gradient, *rest, **more):
        return original(gradient * 1.01, *rest, **more)

    def late(original, *args, **kwargs):
        kept = int(np.asarray(held.iterations))
        held.iterations.assign(kept + 10 ** 6)
        try:
            return original(*args, **kwargs)
        finally:
            held.iterations.assign(kept)

    table["gradient 1 % too large"] = lambda: method(held, "update_step", larger)
    table["bias correction missing"] = lambda: method(held, "update_step", late)
    return table


def changed_result(factor):
    def wrapper(original, *args, **kwargs):
        return original(*args, **kwargs) * factor
    return wrapper


def faults_of(case):
    """{name: function without arguments that gives a context manager}."""
    found = subject(case)
    if found is None:
        return {}
    kind, held, work = found
    table = {}
    config = held.get_config()
    for key in sorted(config):
        value = config[key]
        choices = [0.0] if key in ("momentum", "beta_1") and value else []
        for place, other in enumerate(choices + others("rate" if key == "momentum" else key, value)):
            fault = not_followed(held, work, key, other)
            if fault is not None:
                table["%s not followed (%d)" % (key, place + 1)] = fault
    if kind == "optimizer":
        table.update(optimizer_faults(held))
    elif kind == "metric":
        table["sample weight ignored"] = without(held, work, "sample_weight")
    elif kind == "loss":
        table["sample weight ignored"] = without(held, "__call__", "sample_weight")
        table["mean over the wrong count"] = lambda: method(held, "__call__", changed_result(1.25))
        table["values 1 % too large"] = lambda: method(held, work, changed_result(1.01))
    else:
        table["values 1 % too large"] = lambda: method(held, work, changed_result(1.01))
    return table


