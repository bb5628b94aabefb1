"""The table of faults: what each module in faults/ adds to it, and the tools to put a fault in.

A fault of a program is a patch of the framework that is made before the program (and the probe) see
it; a fault of a file or of a text is an edit of what a healthy program saved or wrote. The modules
import no framework at the top, so that the table can be read without one.
"""
import collections
import functools
import inspect
import sys

ALL = ("keras3", "tf-2.15.0", "tf-2.4.0", "tf-1.15.0")
EAGER = ALL[:3]
KERAS2 = ALL[1:]
TF2KERAS2 = ALL[1:3]
NEWEST = ALL[:2]

# kind: "patch" of the framework, "file" that was saved, "text" that was written.
Fault = collections.namedtuple("Fault", "name family kind scenario program releases put what")
FAULTS = collections.OrderedDict()
STRUCTURE, SHAPE, PARAMETER = "wrong-structure", "wrong-shape", "wrong-parameter-setting"
RELOAD, MESSAGE = "wrong-save-reload", "wrong-displayed-message"
SPEED, VALUE = "performance-degradation", "wrong-calculation"


def fault(family, scenario, program, releases=NEWEST, kind="patch"):
    """Adds the decorated function to the table: its name says what is wrong, and its docstring
    what the fault stands for."""
    def add(function):
        name = function.__name__.strip("_").replace("_", " ")
        if name in FAULTS:
            raise ValueError("two faults are called " + name)
        FAULTS[name] = Fault(name, family, kind, scenario, program, tuple(releases), function,
                             " ".join((function.__doc__ or name).split()))
        return function
    return add


# -- patches ----------------------------------------------------------------------------------
reached = []  # filled when patched code runs


def around(owner, name, function):
    """Replaces a method or function: ``function(original, *args, **kwargs)`` runs in its place."""
    if isinstance(owner, type):
        owner = next(cls for cls in owner.__mro__ if name in vars(cls))
    held = vars(owner)[name]
    kind = type(held) if isinstance(held, (classmethod, staticmethod, property)) else None
    original = held.fget if kind is property else held.__func__ if kind else held

    @functools.wraps(original)
    def patched(*args, **kwargs):
        reached.append(name)
        return function(original, *args, **kwargs)

    patched.__signature__ = inspect.signature(original)
    new = kind(patched) if kind else patched
    setattr(owner, name, new)
    if not isinstance(owner, type):
        for module in list(sys.modules.values()):
            if vars(module).get(name) is original if hasattr(module, "__dict__") else False:
                setattr(module, name, new)
    return original


def argument(owner, name, **changes):
    """Changes arguments of a call: each of ``changes`` is a function of the value, or the value."""
    def called(original, *args, **kwargs):
        bound = inspect.signature(original).bind(*args, **kwargs)
        bound.apply_defaults()
        for key, change in changes.items():
            held = bound.arguments
            if key not in held:
                held = next(v for k, v in held.items() if k == "kwargs")
            held[key] = change(held.get(key)) if callable(change) else change
        return original(*bound.args, **bound.kwargs)
    around(owner, name, called)


def result(owner, name, change):
    """Changes what a call gives: ``change(result, *args, **kwargs)``."""
    around(owner, name, lambda original, *args, **kwargs:
           change(original(*args, **kwargs), *args, **kwargs))


def nothing(owner, name, value=None):
    """The call does nothing."""
    around(owner, name, lambda original, *args, **kwargs: value)


def swap(values, i=0, j=1):
    values = list(values)
    values[i], values[j] = values[j], values[i]
    return values


def rename(layer, name):
    setattr(layer, "_name" if hasattr(layer, "_name") else "name", name)
