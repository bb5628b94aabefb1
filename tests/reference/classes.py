"""Prints, as JSON, every public class of each group in this Keras, and what cases it has.

    python classes.py
"""
import importlib
import inspect
import json
import os
import random
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[0] = TESTS
sys.path.insert(1, os.path.join(os.path.dirname(TESTS), "probe"))

import numpy as np  # noqa: E402

from reference.draw import CONFIGURED, NAMESPACES, REGISTRY, Draw  # noqa: E402
from reference.framework import framework_event, keras  # noqa: E402

MODULES = dict({"layers": "layers"}, **NAMESPACES)


class Simplest(Draw):
    """Draws the simplest of everything; never runs a layer."""

    def __init__(self, name):
        super().__init__(self, name)

    def draw(self, strategy):
        del strategy
        raise NotImplementedError

    def integer(self, lo, hi):
        return lo

    def real(self, lo, hi):
        return lo

    def boolean(self):
        return False

    def choice(self, options):
        return list(options)[0]

    def random(self):
        return np.random.RandomState(0)


def public(module):
    """{name of a class: its other public names}, in the release's own module."""
    place = keras
    for part in module.split("."):
        place = getattr(place, part)
    found = {}
    for name in sorted(dir(place)):  # some releases load names when they are asked for
        value = getattr(place, name, None)
        if inspect.isclass(value) and not name.startswith("_") and hasattr(value, "from_config"):
            found.setdefault(value, []).append(name)
    return {main(cls, names): sorted(set(names) - {main(cls, names)}) for cls, names in found.items()}


def main(cls, names):
    return cls.__name__ if cls.__name__ in names else names[0]


def has_config(drawn):
    """Whether the cases hold an object that has a config (Case, or a sibling of it)."""
    try:
        case = drawn.function(Simplest(drawn.name))
    except BaseException:  # the simplest draw is one that the class refuses
        return True
    return any(getattr(case, name, None) is not None for name in CONFIGURED)


def load():
    for name in sorted(os.listdir(os.path.join(TESTS, "reference", "cases"))):
        if name.endswith(".py") and name != "__init__.py":
            importlib.import_module("reference.cases." + name[:-3])


def told():
    load()
    random.seed(0)
    cases = {}
    for (group, name), drawn in REGISTRY.items():
        if drawn.keras_class() is not None:
            cases.setdefault(group if group in NAMESPACES else "layers", {})[name] = {
                "group": group, "config": has_config(drawn)}
    event = framework_event()
    return {"version": event["keras"] or event["tensorflow"], "cases": cases,
            "classes": {group: public(module) for group, module in MODULES.items()}}


if __name__ == "__main__":
    json.dump(told(), sys.stdout, indent=1)
