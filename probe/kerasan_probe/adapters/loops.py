"""Training loops that the program writes itself: `Optimizer.apply_gradients`."""
import functools
import sys
import threading
import weakref
from time import perf_counter as clock

import tensorflow as tf

from kerasan_probe import frames
from kerasan_probe.adapters import graphs, optimizers
from kerasan_probe.recorder import rec

ALWAYS = 3
MAX_BYTES = 16 << 20
_rest = {}  # id of a function -> until when its calls need no look
_seen = {}  # optimizer or function -> updates recorded
_inside = weakref.WeakKeyDictionary()  # graph function -> [Traced]
_in_calls = weakref.WeakKeyDictionary()  # optimizer -> Traced, for compiled steps of Keras
READS = ("ReadVariableOp", "ResourceGather", "ResourceGatherNd", "VariableShape")


class Local(threading.local):
    def __init__(self):
        self.functions = []  # graph functions being called, the outermost first
        self.applying = 0


local = Local()


class Traced(object):
    """Optimizer steps that a graph function holds, as seen while it was traced."""

    def __init__(self, optimizer, variables):
        self.optimizer, self.variables = weakref.ref(optimizer), variables
        self.sparse = set()  # names of variables that got sparse gradients
        self.places = []  # (graph, its first operation of the step, the first one after)

    def begin(self, pairs):
        """The step starts to go into the graph at hand; what `_traced` needs when it is there."""
        self.sparse.update(rec.ref("variable", v) for g, v in pairs
                           if g is not None and not isinstance(g, tf.Tensor))
        graph = tf.compat.v1.get_default_graph()
        return self, graph, len(graph.get_operations())

    def exclusive(self):
        """True when nothing else in the function writes the variables."""
        self.places = [place for place in self.places if place[0]() is not None]
        return bool(self.places) and all(only_writer(place, self.variables)
                                         for place in self.places)


CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def only_writer(place, variables):
    graph = place[0]()
    if place[2] is None:
        return False
    own = set(graph.get_operations()[place[1]:place[2]])
    return all(one_writer(graph, graphs.handle_of(variable), own) for variable in variables)


def one_writer(graph, handle, own):
    """Only ``own`` operations of the graph write, and one plain call leads to it from outside."""
    sources = chain(graph, handle)
    if not sources:
        return False
    if any(op not in own and op.type not in READS for op in sources[0].consumers()):
        return False
    for source in sources[1:]:
        others = [op.type for op in source.consumers() if op.type not in READS]
        if len(others) != 1 or others[0] not in CALLS:
            return False  # another writer, a loop, a condition, or several calls
    return True


def chain(graph, handle):
    """The placeholders of an eager handle in a graph and in those around it; [] if not there."""
    outer_graph = getattr(graph, "outer_graph", None)
    around = chain(outer_graph, handle) if isinstance(outer_graph, type(graph)) else []
    outside = around[0] if around else handle
    captures = graph.captures.items() if hasattr(graph.captures, "items") else graph.captures
    inner = next((held for outer, held in captures if outer is outside), None)
    return [] if inner is None else [inner] + around


def sampled(key):
    """Asked at every step of the program: nothing is measured before the answer is yes."""
    if not rec.budget.allow(_seen.get(key, 0) < ALWAYS, training=True):
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
        if rec.is_quiet() or local.applying or \
                rec.current_call() is not None and tf.executing_eagerly():
            return original(self, *args, **kwargs)
        held = traced = None
        pairs, args, kwargs = pairs_of(self, args, kwargs)
        if pairs is not None:
            if rec.current_call() is not None:
                traced = rec.safely("trace of a step", _trace_in_call, self, pairs)
            elif tf.executing_eagerly():
                held = rec.safely("apply gradients", _before, self, pairs)
            else:
                traced = rec.safely("trace of a step", _trace, self, pairs)
        local.applying = 1
        try:
            result = original(self, *args, **kwargs)
        finally:
            local.applying = 0
        if traced:
            rec.safely("traced step", _traced, *traced)
        if held:
            frame = frames.user_frame(sys._getframe(1))
            with rec.budget.measure(), rec.quiet():
                rec.safely("update", _after, self, frame, *held)
        return result

    setattr(owner, name, apply)


def _before(optimizer, pairs):
    variables = [v for g, v in pairs if g is not None]
    if tf.distribute.has_strategy() and tf.distribute.get_strategy().num_replicas_in_sync > 1:
        rec.uncovered("distribution strategy", "optimizer step")
        return None
    if not sampled(rec.ref("optimizer", optimizer)):
        return None
    with rec.budget.measure(), rec.quiet():
        if not small(variables):
            return None
        grads = [g.numpy() if hasattr(g, "numpy") else None for g, _ in pairs if g is not None]
        return variables, grads, optimizers.before(optimizer, variables)


def _trace_in_call(optimizer, pairs):
    """The same for a step that Keras compiles."""
    if not hasattr(tf.compat.v1.get_default_graph(), "captures"):
        return None
    known = _in_calls.get(optimizer)
    if known is None:
        known = _in_calls[optimizer] = Traced(optimizer, [v for g, v in pairs if g is not None])
    return known.begin(pairs)


def traced_in_call(optimizer, variables):
    """What the graph of a compiled step tells beside the optimizer, as fields of an `update`."""
    known = _in_calls.get(optimizer)
    if known is None or {id(v) for v in variables} != {id(v) for v in known.variables}:
        return {}
    return {"exclusive": known.exclusive(), "sparse": sorted(known.sparse)}


optimizers.traced_in_call = traced_in_call


def _trace(optimizer, pairs):
    """Remembers the step under the outermost function that is being traced."""
    if not local.functions:
        return None
    kept = _inside.setdefault(local.functions[0], [])
    known = next((item for item in kept if item.optimizer() is optimizer), None)
    if known is None:
        known = Traced(optimizer, [v for g, v in pairs if g is not None])
        kept.append(known)
    return known.begin(pairs)


def _traced(known, graph, first):
    last = len(graph.get_operations()) if graph is tf.compat.v1.get_default_graph() else None
    known.places.append((weakref.ref(graph), first, last))


def _after(optimizer, frame, variables, grads, held):
    exact = bool(grads) and all(g is not None for g in grads)  # sparse gradients are not
    optimizers.emit_update(optimizer, variables, held, grads, exact,
                           call=None, step=None, model=None, where=frame)


def observe_functions(owner):
    """The program's own graph functions in which an optimizer was seen while tracing."""
    original = owner.__call__

    @functools.wraps(original)
    def call(self, *args, **kwargs):
        functions, held = local.functions, None
        if not functions and clock() >= _rest.get(id(self), 0) and self in _inside and \
                not rec.is_quiet() and rec.current_call() is None and tf.executing_eagerly():
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
    if not sampled(id(function)):
        _rest[id(function)] = rec.budget.opens(training=True)
        return None
    with rec.budget.measure(), rec.quiet():
        held = []
        for known in _inside[function]:
            optimizer = known.optimizer()
            if optimizer is not None and small(known.variables):
                held.append((optimizer, known, optimizers.before(optimizer, known.variables)))
        return held


def _function_after(frame, held):
    for optimizer, known, before in held:
        if optimizers.iteration(optimizer) != before["iteration"] + 1:
            continue  # not one step: nothing can be said of it
        optimizers.emit_update(optimizer, known.variables, before, call=None, step=None, model=None,
                               sparse=sorted(known.sparse), exclusive=known.exclusive(), where=frame)


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
    if hasattr(tf, "function"):  # not in release 1.13
        rec.safely("wrap functions", observe_functions, type(tf.function(lambda: 0)))
