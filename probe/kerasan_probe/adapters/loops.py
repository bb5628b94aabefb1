"""Training loops that the program writes itself: `Optimizer.apply_gradients`."""
import functools
import sys
import threading
import weakref

import tensorflow as tf

from kerasan_probe import frames
from kerasan_probe.adapters import optimizers
from kerasan_probe.recorder import rec

ALWAYS = 3
MAX_BYTES = 16 << 20
local = threading.local()
_seen = {}  # optimizer or function -> updates recorded
_inside = weakref.WeakKeyDictionary()  # graph function -> [(optimizer, variables)]


def sampled(key):
    if not rec.budget.allow(_seen.get(key, 0) < ALWAYS):
        return False
    _seen[key] = _seen.get(key, 0) + 1
    return True


def small(variables):
    total = sum(v.numpy().nbytes for v in variables)
    if total > MAX_BYTES:
        rec.uncovered("large tensors", "optimizer step")
    return total <= MAX_BYTES


def observe_apply(owner, name, pairs_of):
    """``pairs_of(args)`` gives [(gradient, variable)] and the arguments to go on with."""
    original = vars(owner)[name]

    @functools.wraps(original)
    def apply(self, *args, **kwargs):
        if rec.is_quiet() or rec.current_call() is not None or getattr(local, "applying", 0):
            return original(self, *args, **kwargs)
        held = None
        pairs, args, kwargs = pairs_of(self, args, kwargs)
        if pairs is not None:
            frame = frames.user_frame(sys._getframe(1))
            held = rec.safely("apply gradients", _before, self, pairs)
        local.applying = 1
        try:
            result = original(self, *args, **kwargs)
        finally:
            local.applying = 0
        if held:
            with rec.budget.measure(), rec.quiet():
                rec.safely("update", _after, self, frame, *held)
        return result

    setattr(owner, name, apply)


def _before(optimizer, pairs):
    variables = [v for g, v in pairs if g is not None]
    if not tf.executing_eagerly():
        functions = getattr(local, "functions", None)
        if functions:
            held = _inside.setdefault(functions[0], [])
            if not any(reference() is optimizer for reference, _ in held):
                held.append((weakref.ref(optimizer), variables))
        return None
    with rec.budget.measure(), rec.quiet():
        if not sampled(rec.ref("optimizer", optimizer)) or not small(variables):
            return None
        grads = [g.numpy() if hasattr(g, "numpy") else None for g, _ in pairs if g is not None]
        return variables, grads, optimizers.before(optimizer, variables)


def _after(optimizer, frame, variables, grads, held):
    exact = bool(grads) and all(g is not None for g in grads)  # sparse gradients are not
    optimizers.emit_update(optimizer, variables, held, grads, exact,
                           call=None, step=None, model=None, where=frame)


def observe_functions(owner):
    """The program's own graph functions in which an optimizer was seen while tracing."""
    original = owner.__call__

    @functools.wraps(original)
    def call(self, *args, **kwargs):
        if rec.is_quiet() or rec.current_call() is not None:
            return original(self, *args, **kwargs)
        functions = local.__dict__.setdefault("functions", [])
        held = None
        if not functions and self in _inside and tf.executing_eagerly():
            held = rec.safely("function before", _function_before, self)
        functions.append(self)
        try:
            result = original(self, *args, **kwargs)
        finally:
            functions.pop()
        if held:
            frame = frames.user_frame(sys._getframe(1))
            with rec.budget.measure(), rec.quiet():
                rec.safely("function after", _function_after, frame, held)
        return result

    owner.__call__ = call


def _function_before(function):
    with rec.budget.measure(), rec.quiet():
        if not sampled(id(function)):
            return None
        held = []
        for reference, variables in _inside[function]:
            optimizer = reference()
            if optimizer is not None and small(variables):
                held.append((optimizer, variables, optimizers.before(optimizer, variables)))
        return held


def _function_after(frame, held):
    for optimizer, variables, before in held:
        if optimizers.iteration(optimizer) != before["iteration"] + 1:
            continue  # not one step: nothing can be said of it
        optimizers.emit_update(optimizer, variables, before, call=None, step=None, model=None,
                               where=frame)


def by_pairs(_optimizer, args, kwargs):
    """apply_gradients(grads_and_vars, ...), where the pairs may be a one-time iterator."""
    if args:
        pairs = list(args[0])
        return pairs, (pairs,) + tuple(args[1:]), kwargs
    if "grads_and_vars" in kwargs:
        pairs = list(kwargs["grads_and_vars"])
        return pairs, args, dict(kwargs, grads_and_vars=pairs)
    return None, args, kwargs


def by_lists(optimizer, args, kwargs):
    """apply(grads, trainable_variables=None) of Keras 3."""
    names = ("grads", "trainable_variables")
    given = dict(zip(names, args), **kwargs)
    if "grads" not in given:
        return None, args, kwargs
    given["grads"] = list(given["grads"])
    variables = given.get("trainable_variables")
    if variables is not None:
        given["trainable_variables"] = variables = list(variables)
    elif getattr(optimizer, "built", False):
        variables = list(optimizer._trainable_variables)
    pairs = None if variables is None else list(zip(given["grads"], variables))
    return pairs, (), given


def install(optimizer_classes):
    done = set()
    for cls in optimizer_classes:
        for owner in cls.__mro__:
            for name, pairs_of in (("apply_gradients", by_pairs), ("apply", by_lists)):
                if name in vars(owner) and (owner, name) not in done:
                    done.add((owner, name))
                    rec.safely("wrap " + name, observe_apply, owner, name, pairs_of)
    rec.safely("wrap functions", observe_functions, type(tf.function(lambda: 0)))
