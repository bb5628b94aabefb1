"""Small graphs that the program runs itself: a compiled function that it calls, a fetch of a session.
What goes in, the operations and what comes out are recorded; nothing is added to a graph."""
import functools
import inspect
import sys

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters.direct_calls import unrecorded
from kerasan_probe.encode import DTYPES
from kerasan_probe.recorder import rec

MAX_NODES, MAX_GRAPHS, EACH = 200, 60, 2
MAX_BYTES = 8 << 20  # of all values of one run
_seen = {}  # key of a graph -> runs recorded
VARIABLES = ("VarHandleOp", "VariableV2", "Variable")
READS = ("ReadVariableOp", "ResourceGather")


class LeftOut(Exception):
    """The graph is not one that follows from what goes in; the reason is told."""


def stateful(op):
    return op._is_stateful if hasattr(op, "_is_stateful") else op.op_def.is_stateful


def changes(op):
    """Whether it takes a variable of old to change it."""
    return op.op_def is not None and any(arg.is_ref for arg in op.op_def.input_arg)


def admitted(key):
    """True for the first runs of a graph."""
    count = _seen.get(key, 0)
    if count >= EACH or count == 0 and len(_seen) >= MAX_GRAPHS or \
            not rec.budget.allow(count == 0):
        return False
    _seen[key] = count + 1
    return True


def nest():
    from tensorflow.python.util import nest as module  # not public in every release
    return module


def message(node_defs):
    """The bytes of a GraphDef that holds these nodes."""
    from tensorflow.core.framework import graph_pb2
    text = graph_pb2.GraphDef(node=node_defs).SerializeToString()
    if len(text) > MAX_BYTES:
        raise LeftOut("large constants")
    return rec.tensor(np.frombuffer(text, np.uint8))


def check(ops):
    if len(ops) > MAX_NODES:
        raise LeftOut("more than %d operations" % MAX_NODES)
    for op in ops:
        if changes(op) or stateful(op) and op.type not in VARIABLES + READS + ("Placeholder",):
            raise LeftOut(op.type)


def values_of(pairs):
    """{name: array}, where all of them are numbers and not too large."""
    out = {}
    for name, value in pairs:
        array = np.asarray(value)
        if array.dtype.name not in DTYPES:
            raise LeftOut("values of type %s" % array.dtype.name)
        out[name] = array
    if sum(array.nbytes for array in out.values()) > MAX_BYTES:
        raise LeftOut("large values")
    return out


def tell(how, ops, fed, fetched, where):
    rec.emit("graph_value", how=how, graph=message([op.node_def for op in ops]),
             fed={name: rec.tensor(value) for name, value in fed.items()},
             fetched={name: rec.tensor(value) for name, value in fetched.items()}, where=where)


def left_out(how, error, where):
    rec.emit("graph_value", how=how, graph=None, fed={}, fetched={}, left_out=str(error),
             where=where)


# -- compiled functions ----------------------------------------------------------------------------
def caller(frame, limit=16):
    """The program's frame behind the framework's own, unless Keras is between."""
    while frame is not None and limit:
        if frames.of_user(frame):
            return frame
        if "keras" in frame.f_globals.get("__name__", "").split("."):
            return None
        frame, limit = frame.f_back, limit - 1
    return None


class FunctionRun(object):
    """One run of a compiled function: the values that go in are read before it."""

    def __init__(self, function, args, captured, frame):
        self.graph, self.where = function.graph, frames.user_frame(frame)
        self.ops = self.fed = self.error = None
        try:
            ops = self.graph.get_operations()
            check(ops)
            given = list(args) + list(captured)
            if len(given) != len(self.graph.inputs):
                raise LeftOut("arguments that are not known")
            variables = {id(v.handle): v for v in self.graph.variables if hasattr(v, "handle")}
            pairs = []
            for inner, outer in zip(self.graph.inputs, given):
                held = outer
                if outer.dtype.name == "resource":
                    held = variables.get(id(outer))
                    if held is None:
                        raise LeftOut("a resource")
                pairs.append((inner.name, held.numpy()))
            self.fed, self.ops = values_of(pairs), ops
        except LeftOut as error:
            self.error = error

    def end(self, result):
        try:
            if self.error is not None:
                raise self.error
            flat = nest().flatten(result, expand_composites=True)
            flat = [value for value in flat if hasattr(value, "numpy")]
            if len(flat) != len(self.graph.outputs):
                raise LeftOut("results that are not tensors")
            fetched = values_of([(inner.name, value.numpy())
                                 for inner, value in zip(self.graph.outputs, flat)])
            tell("function", self.ops, self.fed, fetched, self.where)
        except LeftOut as error:
            left_out("function", error, self.where)


def observe_function(owner):
    original = vars(owner)["_call_flat"]
    if "captured_inputs" not in inspect.signature(original).parameters:  # before 1.15
        return rec.uncovered("compiled functions", "of this release")

    @functools.wraps(original)
    def _call_flat(*args, **named):
        run = None
        if len(args) > 1 and not rec.is_quiet() and rec.current_call() is None:
            args = (args[0], list(args[1])) + args[2:]  # it may be a generator, good for once
            run = rec.safely("function", begin_function, args, named, sys._getframe(1))
        result = original(*args, **named)
        if run is not None:
            rec.safely("function after", end_function, run, result)
        return result

    owner._call_flat = _call_flat


def begin_function(args, named, frame):
    import tensorflow as tf
    function = args[0]
    captured = named.get("captured_inputs", args[2] if len(args) > 2 else None)
    key = rec.ref("graph", function.graph)
    if _seen.get(key, 0) >= EACH or not isinstance(captured, (list, tuple)) or \
            not tf.executing_eagerly():
        return None
    frame = caller(frame)
    if frame is None or not admitted(key):
        return None
    with rec.budget.measure(), rec.quiet(), unrecorded():
        return FunctionRun(function, args[1], captured, frame)


def end_function(run, result):
    with rec.budget.measure(), rec.quiet(), unrecorded():
        run.end(result)


# -- sessions --------------------------------------------------------------------------------------
class SessionRun(object):
    """One call of `session.run`: the graph behind the fetches, back to what is fed."""

    def __init__(self, session, run, fetches, feed, frame):
        self.where, self.error = frames.user_frame(frame), None
        try:
            self.tensors = [self.tensor(session, fetch) for fetch in nest().flatten(fetches)]
            fed = [(self.tensor(session, key), value) for key, value in (feed or {}).items()]
            self.ops = behind(self.tensors, {tensor.name for tensor, _ in fed})
            pairs = [(tensor.name, np.asarray(value, tensor.dtype.as_numpy_dtype))
                     for tensor, value in fed]
            self.fed = values_of(pairs + self.variables(session, run))
        except LeftOut as error:
            self.error = error

    @staticmethod
    def tensor(session, key):
        try:
            held = session.graph.as_graph_element(key)
        except (TypeError, ValueError, KeyError):
            held = None
        if not hasattr(held, "op"):
            raise LeftOut("feeds or fetches that are not tensors")
        return held

    def variables(self, session, run):
        """What the variables hold, by a run of its own before the program's."""
        sources, wanted = {}, []
        for op in self.ops:
            if op.type == "ReadVariableOp":
                sources[op.inputs[0].name] = op.outputs[0]
            elif op.type in ("VariableV2", "Variable"):
                sources[op.outputs[0].name] = op.outputs[0]
        for op in self.ops:
            if op.type in ("VarHandleOp",) and op.outputs[0].name not in sources:
                raise LeftOut("a variable that is not read")
        wanted = sorted(sources)
        return list(zip(wanted, run(session, [sources[name] for name in wanted]))) \
            if wanted else []

    def end(self, fetches, result):
        try:
            if self.error is not None:
                raise self.error
            flat = nest().flatten(result)
            if len(flat) != len(self.tensors):
                raise LeftOut("results that are not known")
            fetched = values_of([(tensor.name, value)
                                 for tensor, value in zip(self.tensors, flat)])
            tell("session", self.ops, self.fed, fetched, self.where)
        except LeftOut as error:
            left_out("session", error, self.where)


def behind(fetches, fed):
    """The operations that the fetched tensors need."""
    found, seen = [], set()
    queue = [tensor.op for tensor in fetches if tensor.name not in fed]
    while queue:
        op = queue.pop()
        if op in seen:
            continue
        seen.add(op)
        found.append(op)
        check(found[-1:])
        if len(found) > MAX_NODES:
            raise LeftOut("more than %d operations" % MAX_NODES)
        queue.extend(tensor.op for tensor in op.inputs if tensor.name not in fed)
        queue.extend(op.control_inputs)
    return found


def observe_session(owner):
    original = vars(owner)["run"]

    @functools.wraps(original)
    def run(self, fetches, feed_dict=None, *more, **named):
        begun = None
        if not rec.is_quiet() and rec.current_call() is None:
            frame = sys._getframe(1)
            if frames.of_user(frame):
                begun = rec.safely("session", begin_session, self, original, fetches, feed_dict,
                                   frame)
        result = original(self, fetches, feed_dict, *more, **named)
        if begun is not None:
            rec.safely("session after", end_session, begun, fetches, result)
        return result

    owner.run = run


def begin_session(session, original, fetches, feed, frame):
    if not admitted(("session", id(frame.f_code), frame.f_lineno)):
        return None
    with rec.budget.measure(), rec.quiet():
        return SessionRun(session, original, fetches, feed, frame)


def end_session(begun, fetches, result):
    with rec.budget.measure(), rec.quiet():
        begun.end(fetches, result)


def install():
    from tensorflow.python.client import session
    rec.safely("wrap session", observe_session, session.BaseSession)
    try:
        from tensorflow.python.eager.polymorphic_function.concrete_function import ConcreteFunction
    except ImportError:
        from tensorflow.python.eager import function
        ConcreteFunction = getattr(function, "ConcreteFunction", function.Function)
    rec.safely("wrap function", observe_function, ConcreteFunction)
