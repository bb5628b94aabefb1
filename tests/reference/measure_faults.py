"""Small faults of losses and metrics, put in while they are called."""
import numpy as np

from reference.framework import to_numpy, to_tensor
from reference.stand_in import method


def without(argument):
    """The method does not get one of its keyword arguments."""
    def wrapper(original, *args, **kwargs):
        kwargs.pop(argument, None)
        return original(*args, **kwargs)
    return wrapper


def weights_squared(original, *args, **kwargs):
    weight = kwargs.get("sample_weight")
    if weight is not None:
        kwargs["sample_weight"] = to_tensor(to_numpy(weight) ** 2)
    return original(*args, **kwargs)


def exchanged(original, *args, **kwargs):
    """The first two arguments after `self`, where there is one."""
    args = list(args)
    args[-2:] = args[:-3:-1] if len(args) > 1 else args
    return original(*args, **kwargs)


def last_row(original, *args, **kwargs):
    """The last row is lost: the first stands in its place."""
    def changed(value):
        array = to_numpy(value)
        if array.ndim == 0 or len(array) < 2:
            return value
        return to_tensor(np.concatenate([array[:-1], array[:1]]))
    kept = args[:-2] if len(args) > 1 else ()
    return original(*kept, *[changed(value) for value in args[len(kept):]], **kwargs)


def unmasked(original, *args, **kwargs):
    """Without what Keras attached to the predictions."""
    args = list(args)
    args[-1] = to_tensor(to_numpy(args[-1]))
    return original(*args, **kwargs)


def changed_result(factor):
    def wrapper(original, *args, **kwargs):
        return original(*args, **kwargs) * factor
    return wrapper


def halved(original, *args, **kwargs):
    """The result in half precision."""
    result = to_numpy(original(*args, **kwargs))
    return to_tensor(result.astype("float16").astype(result.dtype))


def once(original, *args, **kwargs):
    return original(*args, **kwargs)


def twice(original, *args, **kwargs):
    original(*args, **kwargs)
    return original(*args, **kwargs)


def first_twice():
    """The first call counts twice."""
    calls = []

    def wrapper(original, *args, **kwargs):
        calls.append(0)
        return (twice if len(calls) == 1 else once)(original, *args, **kwargs)
    return wrapper


def first_lost():
    """The first call does nothing."""
    calls = []

    def wrapper(original, *args, **kwargs):
        calls.append(0)
        return original(*args, **kwargs) if len(calls) > 1 else None
    return wrapper


def only_last(metric):
    """What came before is forgotten."""
    def wrapper(original, *args, **kwargs):
        getattr(metric, "reset_state", None)()
        return original(*args, **kwargs)
    return wrapper


def of_loss(loss):
    call = {"sample weight ignored": without("sample_weight"),
            "sample weights squared": weights_squared, "mask ignored": unmasked,
            "mean over the wrong count": changed_result(1.25)}
    rows = {"values 1 % too large": changed_result(1.01), "values in half precision": halved,
            "targets and predictions exchanged": exchanged, "last row lost": last_row}
    table = {name: lambda wrapper=wrapper: method(loss, "__call__", wrapper)
             for name, wrapper in call.items()}
    table.update({name: lambda wrapper=wrapper: method(loss, "call", wrapper)
                  for name, wrapper in rows.items()})
    return table


def of_metric(metric):
    updates = {"sample weight ignored": lambda: without("sample_weight"),
               "sample weights squared": lambda: weights_squared,
               "targets and predictions exchanged": lambda: exchanged,
               "last row lost": lambda: last_row, "an update counted twice": first_twice,
               "first update lost": first_lost, "only the last update": lambda: only_last(metric)}
    table = {name: lambda wrapper=wrapper: method(metric, "update_state", wrapper())
             for name, wrapper in updates.items()}
    for name, wrapper in (("result 1 % too large", changed_result(1.01)),
                          ("result in half precision", halved)):
        table[name] = lambda wrapper=wrapper: method(metric, "result", wrapper)
    return table
