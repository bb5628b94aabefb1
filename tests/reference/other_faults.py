"""Small faults of losses, metrics, optimizers and other objects, put in while they work.

A fault is a context manager of a case; `None` where it has no place.
"""
import contextlib

from reference import measure_faults, optimizer_faults
from reference.faults import others
from reference.patches import attribute
from reference.stand_in import method

# The method in which an object of a kind does its work, by the attribute that a case keeps it in.
METHODS = {"optimizer": "update_step", "loss": "call", "metric": "update_state",
           "schedule": "__call__", "initializer": "__call__", "regularizer": "__call__",
           "constraint": "__call__"}


def subject(case):
    """(attribute of the case, the object, the method that does its work)."""
    for name, work in METHODS.items():
        held = getattr(case, name, None)
        if held is not None and hasattr(held, "get_config"):
            return name, held, work
    return None


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
        table.update(optimizer_faults.faults_of(case, held))
    elif kind == "metric":
        table.update(measure_faults.of_metric(held))
    elif kind == "loss":
        table.update(measure_faults.of_loss(held))
    else:
        table["values 1 % too large"] = lambda: method(held, work, measure_faults.changed_result(1.01))
    return table
