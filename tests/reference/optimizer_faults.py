"""Small faults of optimizers, put in while a step is made."""
import contextlib

import numpy as np

from reference.framework import KERAS3, to_numpy
from reference.patches import attribute
from reference.stand_in import method

# Their root has epsilon beside it; of others both places are documented.
EPSILON_BESIDE = ("Adam", "AdamW", "Nadam", "Lamb")


def name_of(variable):
    return str(getattr(variable, "path", variable.name))


def moving(optimizer):
    """The slots that hold a velocity or a first moment."""
    held = optimizer.variables
    held = held() if callable(held) else held
    return [v for v in held if len(v.shape) and ("momentum" in name_of(v) or "/m/" in "/" + name_of(v))]


def larger(original, gradient, *rest, **more):
    return original(gradient * 1.01, *rest, **more)


def twice(original, *args, **kwargs):
    original(*args, **kwargs)
    return original(*args, **kwargs)


def first_left_out(original, gradient, variable, *rest, **more):
    return None if "v0" in name_of(variable) else original(gradient, variable, *rest, **more)


def late(optimizer):
    def wrapper(original, *args, **kwargs):
        kept = int(np.asarray(optimizer.iterations))
        optimizer.iterations.assign(kept + 10 ** 6)
        try:
            return original(*args, **kwargs)
        finally:
            optimizer.iterations.assign(kept)
    return wrapper


def of_the_step_before():
    """The gradient of a variable comes a step too late."""
    kept = {}

    def wrapper(original, gradient, variable, *rest, **more):
        old = kept.get(name_of(variable), gradient)
        kept[name_of(variable)] = gradient
        return original(old, variable, *rest, **more)
    return wrapper


def forgotten(optimizer):
    """A step begins with empty velocities."""
    def wrapper(original, *args, **kwargs):
        for slot in moving(optimizer):
            slot.assign(np.zeros(slot.shape))
        return original(*args, **kwargs)
    return wrapper


def not_kept(optimizer):
    """What a step makes of the velocities is lost."""
    def wrapper(original, *args, **kwargs):
        held = [(slot, to_numpy(slot).copy()) for slot in moving(optimizer)]
        result = original(*args, **kwargs)
        for slot, value in held:
            slot.assign(value)
        return result
    return wrapper


@contextlib.contextmanager
def epsilon_inside(optimizer):
    """sqrt(v + epsilon) where sqrt(v) + epsilon is documented."""
    from keras.src import ops  # the module in which Keras's own code looks its operations up
    original, epsilon = ops.sqrt, float(optimizer.epsilon)
    with attribute(ops, "sqrt", lambda x: original(x + epsilon) - epsilon):
        yield


def constraints_of(case):
    held = [getattr(v, "constraint", None) for v in case.variables]
    return [constraint for constraint in held if constraint is not None]


def faults_of(case, optimizer):
    table = {}
    if hasattr(optimizer, "_clip_gradients"):
        table["gradients not clipped"] = lambda: method(
            optimizer, "_clip_gradients", lambda original, gradients: gradients)
    for name, own in (("weight decay not applied", "_apply_weight_decay"),
                      ("moving average not kept", "_update_model_variables_moving_average")):
        if hasattr(optimizer, own):
            table[name] = lambda own=own: method(optimizer, own, lambda original, *args: None)
    steps = {"gradient 1 % too large": lambda: larger,
             "bias correction missing": lambda: late(optimizer),
             "step taken twice": lambda: twice,
             "first variable left out": lambda: first_left_out,
             "gradient of the step before": of_the_step_before,
             "velocity forgotten": lambda: forgotten(optimizer),
             "velocity not kept": lambda: not_kept(optimizer)}
    for name, wrapper in steps.items():
        table[name] = lambda wrapper=wrapper: method(optimizer, "update_step", wrapper())
    if KERAS3 and type(optimizer).__name__ in EPSILON_BESIDE:
        table["epsilon inside the root"] = lambda: epsilon_inside(optimizer)
    held = constraints_of(case)
    if held:
        table["constraint not applied"] = lambda: method(
            held[0], "__call__", lambda original, *args: args[-1])
    return table
