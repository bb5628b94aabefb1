"""Losses and metrics that the program calls itself, as in a training loop of its own."""
import functools
import inspect
import sys
import threading

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters import loss_pairs
from kerasan_probe.adapters.arrays import NotEager, array_of
from kerasan_probe.adapters.common_models import builtin
from kerasan_probe.recorder import rec


def settings_of(measure):
    """The config with what a wrapped function is called with."""
    try:
        config = dict(measure.get_config())
    except Exception:  # a class of the program's need not have one
        config = {}
    given = getattr(measure, "_fn_kwargs", None)
    if isinstance(given, dict):
        config.update({name: value for name, value in given.items() if name not in config})
    if hasattr(measure, "reduction"):
        config["reduction"] = measure.reduction
    return {name: np.asarray(value.numpy()).tolist() if hasattr(value, "numpy") else value
            for name, value in config.items()}


def precision_of(measure):
    """What Keras 3 casts to; None where the predictions decide."""
    return str(measure.dtype) if hasattr(type(measure), "dtype") and hasattr(
        measure, "_dtype_policy") else None


def recorded(value):
    array = array_of(value)
    return None if array is None else rec.tensor(array)


def loss_event(loss, y_true, y_pred, sample_weight, result):
    """The fields of a `loss_value` event."""
    mask = getattr(y_pred, "_keras_mask", None)
    return {"class": type(loss).__name__, "builtin": builtin(loss),
            "config": rec.value(settings_of(loss), arrays=True), "dtype": precision_of(loss),
            "y_true": recorded(y_true), "y_pred": recorded(y_pred),
            "sample_weight": recorded(sample_weight), "mask": recorded(mask),
            "result": recorded(result)}


def observe_losses(base):
    """Wraps the call of every loss; only what the program calls outside other calls is told."""
    original = vars(base)["__call__"]
    signature = inspect.signature(original)

    @functools.wraps(original)
    def __call__(*args, **kwargs):
        result = original(*args, **kwargs)
        if not rec.is_quiet() and rec.current_call() is None and rec.budget.allow():
            rec.safely("loss value", tell, args, kwargs, result, sys._getframe(1))
        return result

    def tell(args, kwargs, result, frame):
        with rec.budget.measure(), rec.quiet():
            given = signature.bind(*args, **kwargs).arguments
            loss = given[next(iter(signature.parameters))]
            try:
                event = loss_event(loss, given["y_true"], given["y_pred"],
                                   given.get("sample_weight"), result)
            except NotEager:
                return
            except ValueError as error:
                return rec.uncovered("a loss of " + str(error)[:80], type(loss).__name__)
            rec.emit("loss_value", where=frames.user_frame(frame), **event)

    base.__call__ = __call__


class Followed(object):
    """What is known of one metric: updates to be told, and its state after the last one."""

    def __init__(self, fresh):
        self.updates, self.reset, self.complete = [], fresh, fresh
        self.state = None

    def look(self, metric):
        """False if the state changed where it was not seen."""
        return self.state is None or self.state == state_of(metric)


MAX_UPDATES = 64  # kept before they are handed over
_followed = {}  # ref of a metric -> Followed
_local = threading.local()


def state_of(metric):
    """The bytes of its variables; zero for a metric that has none yet."""
    return [np.asarray(v.numpy() if hasattr(v, "numpy") else v).tobytes()
            for v in metric.variables]


def untouched(metric):
    return not any(any(part) for part in state_of(metric))


def followed(metric):
    key = rec.ref("metric", metric)
    if key not in _followed:
        if len(_followed) > 512:
            _followed.clear()
        _followed[key] = Followed(untouched(metric))
    return _followed[key]


def metric_event(metric, held, result, where):
    """The fields of a `metric_value` event; the updates are handed over."""
    function = getattr(metric, "_fn", None)
    event = {"class": type(metric).__name__, "builtin": builtin(metric), "where": where,
             "metric": rec.ref("metric", metric), "name": getattr(metric, "name", None),
             "fn": getattr(function, "__name__", None),
             "config": rec.value(settings_of(metric), arrays=True),
             "dtype": str(getattr(metric, "dtype", None) or "float32"), "reset": held.reset,
             "complete": held.complete, "updates": held.updates, "result": result}
    held.updates, held.reset = [], False
    return event


def observe_metric(cls):
    """Wraps the methods that a class of metrics defines itself."""
    for name in ("update_state", "result", "reset_state", "reset_states"):
        if name in vars(cls):
            rec.safely("wrap %s.%s" % (cls.__name__, name), wrap_method, cls, name)


def wrap_method(cls, name):
    original = vars(cls)[name]
    signature = inspect.signature(original)
    around = {"update_state": around_update, "result": around_result}.get(name, around_reset)

    @functools.wraps(original)
    def method(*args, **kwargs):
        # Methods of a class may call those of its base: the outermost one is the program's.
        if rec.is_quiet() or getattr(_local, "inside", False) or not args:
            return original(*args, **kwargs)
        if around is around_reset and not eager():
            return reset_in_graph(original, args, kwargs)
        if rec.current_call() is not None or not eager():
            held = _followed.get(rec.ref("metric", args[0])) if name == "update_state" else None
            if held is not None:
                held.complete = False
            return original(*args, **kwargs)
        _local.inside = True
        try:
            before = rec.safely("before metric", around, args[0], True, None, None, None)
            result = original(*args, **kwargs)
            if before is not None:
                rec.safely("metric " + name, tell, around, signature, args, kwargs, result,
                           sys._getframe(1))
            return result
        finally:
            _local.inside = False

    def tell(around, signature, args, kwargs, result, frame):
        given = dict(signature.bind(*args, **kwargs).arguments)
        given.pop(next(iter(signature.parameters)))
        around(args[0], False, given, result, frame)

    setattr(cls, name, method)


def around_update(metric, before, given, _result, frame):
    with rec.budget.measure(), rec.quiet():
        held = followed(metric)
        if before:
            held.complete = held.complete and held.look(metric) and rec.budget.allow()
            return held.complete or None
        rest = given.get("args", ()) + tuple(given.get("kwargs", {}).values())
        if rest or not builtin(metric):
            held.complete = False
            return None
        try:
            held.updates.append({"y_true": recorded(given.get("y_true")),
                                 "y_pred": recorded(given.get("y_pred", given.get("values"))),
                                 "sample_weight": recorded(given.get("sample_weight"))})
        except (NotEager, ValueError):
            held.complete = False
        held.state = state_of(metric)
        if len(held.updates) >= MAX_UPDATES:
            rec.emit("metric_value", **metric_event(metric, held, None, None))


def around_result(metric, before, _given, result, frame):
    with rec.budget.measure(), rec.quiet():
        held = followed(metric)
        if before:
            held.complete = held.complete and held.look(metric)
            return True
        try:
            value = recorded(result)
        except (NotEager, ValueError):
            return None
        rec.emit("metric_value", **metric_event(metric, held, value, frames.user_frame(frame)))


def operations():
    import tensorflow as tf
    graph = tf.compat.v1.get_default_graph()
    # In the graph of a session the reset is a run of its own.
    return len(graph.get_operations()) if hasattr(graph, "captures") else None


def reset_in_graph(original, args, kwargs):
    """A reset while a graph is made: does anything in it do the resetting?"""
    before = rec.safely("operations", operations)
    _local.inside = True
    try:
        result = original(*args, **kwargs)
    finally:
        _local.inside = False
    if before is not None:
        rec.safely("metric reset", tell_reset, args[0], before, frames.user_frame(sys._getframe(2)))
    return result


def tell_reset(metric, before, where):
    with rec.budget.measure(), rec.quiet():
        rec.emit("metric_reset", call=rec.current_call(), builtin=builtin(metric), where=where,
                 variables=len(metric.variables), operations=operations() - before,
                 **{"class": type(metric).__name__})


def around_reset(metric, before, _given, _result, _frame):
    if before:
        return True
    with rec.budget.measure(), rec.quiet():
        held = followed(metric)
        held.updates, held.reset, held.complete, held.state = [], True, True, state_of(metric)


def eager():
    """Whether Python runs the operations themselves; true on backends without graphs."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is None or bool(tensorflow.executing_eagerly())


def classes_of(keras):
    """The classes of metrics and the bases where they find their methods."""
    found = []
    for value in vars(keras.metrics).values():
        for cls in value.__mro__ if isinstance(value, type) else ():
            if issubclass(cls, keras.metrics.Metric) and cls not in found:
                found.append(cls)
    return found


def install(keras):
    rec.safely("wrap Loss", observe_losses, keras.losses.Loss)
    loss_pairs.install(keras.losses)
    for cls in rec.safely("find metrics", classes_of, keras) or []:
        observe_metric(cls)
