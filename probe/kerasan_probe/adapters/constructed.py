"""Objects of the framework as the program makes them: what it gave, and what they say they hold."""
import functools
import inspect
import sys
import threading

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters.common_models import FRAMEWORK, builtin
from kerasan_probe.recorder import rec

KINDS = ("layers", "initializers", "regularizers", "constraints", "losses")
MOST = 300  # objects told
_told = []


class Local(threading.local):
    inside = False  # another constructor, or one that the framework calls


local = Local()


# A warning may name the place of whoever called a constructor (``stacklevel``), and `warnings` counts
# frames of the import system out, which it knows by their file. So it does this one.
WRAPPER = """
def wrap(original, begin, end):
    def __init__(*args, **kwargs):
        frame = begin()
        if frame is None:
            return original(*args, **kwargs)
        whole = False
        try:
            original(*args, **kwargs)
            whole = True
        finally:
            end(whole, args, kwargs, frame)
    return __init__
"""
_names = {}
exec(compile(WRAPPER, "<kerasan importlib._bootstrap>", "exec"), _names)


def begin():
    """The program's frame, or None for a constructor that is not told."""
    frame = sys._getframe(2)
    if local.inside or rec.is_quiet() or not frames.of_user(frame):
        return None
    local.inside = True
    return frame


def observe(cls):
    original = vars(cls)["__init__"]
    signature = inspect.signature(original)

    def end(whole, args, kwargs, frame):
        local.inside = False
        if whole:
            rec.safely("constructed", tell, signature, args, kwargs, frame)

    wrapper = functools.wraps(original)(_names["wrap"](original, begin, end))
    wrapper.__signature__ = signature  # Keras asks for it without looking behind wrappers
    cls.__init__ = wrapper


def tell(signature, args, kwargs, frame):
    """Numbers and flags alone: names and shapes may be told in other words."""
    if not builtin(args[0]) or not rec.budget.allow(len(_told) < MOST):
        return
    with rec.budget.measure(), rec.quiet():
        bound = signature.bind(*args, **kwargs).arguments
        given = dict(list(bound.items())[1:])
        named = {name: value for name, value in given.items()
                 if signature.parameters[name].kind == inspect.Parameter.POSITIONAL_OR_KEYWORD}
        for name, parameter in signature.parameters.items():
            if parameter.kind == parameter.VAR_KEYWORD:
                given.update(given.pop(name, {}))
        given = plain(given)
        defaults = plain({name: parameter.default for name, parameter in
                          signature.parameters.items() if name not in bound})
        if not given and not defaults:
            return
        _told.append(None)
        whole = args[0].get_config()
        untold = sorted(name for name, value in named.items() if name not in whole and
                        departs(value, signature.parameters[name].default) and
                        not elsewhere(value, whole))
        config = plain(whole, pairs=True)
        rec.emit("constructed", given=rec.value(given), defaults=rec.value(defaults), held=rec.value(
            {name: config[name] for name in list(given) + list(defaults) if name in config}),
                 untold=untold, call=rec.current_call(), where=frames.user_frame(frame),
                 **{"class": type(args[0]).__name__})


def departs(value, default):
    """Whether an argument says more than its default does."""
    if value is None or value is default:
        return False
    try:
        return bool(value != default)
    except Exception:  # arrays
        return True


def elsewhere(value, config):
    """Whether a configuration tells a number or text, under whatever name."""
    return not isinstance(value, bool) and isinstance(value, (int, float, str)) and any(
        isinstance(held, (int, float, str)) and held == value for held in config.values())


def plain(values, pairs=False):
    """The numbers and flags; with `pairs` also what may be the range that a number stands for."""
    def told(value):
        return isinstance(value, (bool, int, float)) or (
            pairs and isinstance(value, (list, tuple)) and len(value) == 2 and
            all(isinstance(part, (int, float)) for part in value))

    bare = {name: value.item() if isinstance(value, np.generic) else value
            for name, value in values.items()}
    return {name: value for name, value in bare.items() if told(value)}


def install(keras, optimizers=True):
    """Without ``optimizers`` where those answer by running a session."""
    owners = [getattr(keras, kind) for kind in KINDS]
    held = getattr(keras, "optimizers", None)
    owners += [getattr(held, "schedules", None)] + ([held] if optimizers else [])
    classes = {value for owner in owners if owner is not None for value in vars(owner).values()
               if isinstance(value, type) and "__init__" in vars(value) and
               hasattr(value, "get_config")}
    for cls in classes:
        if (cls.__module__ + ".").startswith(FRAMEWORK):
            rec.safely("wrap " + cls.__name__, observe, cls)
