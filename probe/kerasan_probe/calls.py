"""Public calls with bound arguments, told apart: given by the user or default."""
import functools
import inspect
import sys
import time

from kerasan_probe import frames, live_memory
from kerasan_probe.native_text import native
from kerasan_probe.recorder import Unsupported, rec

MAX_WHOLE = 1 << 20  # elements
inner_observers = {}  # api -> (model, arguments) -> what to tell of a call inside another one
inner_watchers = {}  # api -> (before, after) of calls that the framework makes inside another one


def wrap_call(owner, attr, api, before=None, after=None, self_ref=None, static=False):
    """Patches ``owner.attr`` so that outermost calls are recorded as ``call`` and ``return``.

    ``self_ref`` names the kind of the first argument ("model"); ``before(self, args, call_id)`` and
    ``after(self, args, call_id, result)`` get the bound arguments as a dict.
    """
    held = inspect.getattr_static(owner, attr)
    kind = type(held) if isinstance(held, (classmethod, staticmethod)) else None
    original = held.__func__ if kind else held
    signature = inspect.signature(original)

    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        if rec.is_quiet():
            return original(*args, **kwargs)
        if rec.current_call() is not None:
            # A callback of the program may call a model too: only its memory is watched.
            if self_ref != "model" or not frames.of_user(sys._getframe(1)):
                return _watched(api, signature, original, args, kwargs)
            inner = rec.safely("inner call " + api, _InnerCall, api, signature, args, kwargs,
                               sys._getframe(1))
            result = original(*args, **kwargs)
            if inner is not None:
                rec.safely("inner return " + api, inner.end, result)
            return result
        call = rec.safely("call " + api, _Call, api, signature, self_ref, args, kwargs,
                          sys._getframe(1))
        if call is None:
            return original(*args, **kwargs)
        call.push()
        try:
            if before is not None:
                rec.safely("before " + api, call.observe, before)
            call.rss_before = resident_bytes()
            call.live_before = rec.safely("live memory", live_memory.in_use)
            call.operations_before = rec.safely("graph size", rec.graph_size)
            call.began = time.perf_counter()
            result = original(*args, **kwargs)
        except BaseException as error:
            call.pop()
            rec.safely("return " + api, call.end, None, error)
            raise
        call.seconds = time.perf_counter() - call.began
        call.rss = resident_bytes()
        call.operations = rec.safely("graph size", rec.graph_size)
        with rec.budget.measure():
            call.live = rec.safely("live memory", live_memory.in_use_after_call)
        if after is not None:
            rec.safely("after " + api, call.observe, after, result)
        call.pop()
        rec.safely("return " + api, call.end, result, None)
        return result

    setattr(owner, attr, kind(wrapper) if kind else wrapper)
    return wrapper


def _watched(api, signature, original, args, kwargs):
    before, after = inner_watchers.get(api, (None, None))
    held = None
    if before is not None:
        with rec.budget.measure(), rec.quiet():
            held = rec.safely("before inner " + api, before, signature, args, kwargs)
    result = original(*args, **kwargs)
    if held is not None:
        with rec.budget.measure(), rec.quiet():
            rec.safely("after inner " + api, after, held)
    return result


class _Call(object):
    def __init__(self, api, signature, self_ref, args, kwargs, frame):
        self.id = rec.next_id()
        self.api = api
        self.began = time.perf_counter()
        self.seconds = self.rss_before = self.rss = self.live_before = self.live = None
        self.operations_before = self.operations = None
        with rec.budget.measure():
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:  # the call itself will raise
                raise Unsupported("%s: %s" % (api, error))
            given = set(bound.arguments)
            bound.apply_defaults()
            self.args = dict(bound.arguments)
            self.me = None
            if self_ref:
                self.me = self.args.pop(next(iter(signature.parameters)))
            with rec.quiet():
                values = {name: {"v": rec.value(value, arrays=self._whole(name)),
                                 "given": name in given} for name, value in self.args.items()}
            self._flatten(signature, values)
            rec.emit("call", id=self.id, parent=None, api=api, args=values,
                     self=rec.ref(self_ref, self.me) if self_ref else None,
                     where=frames.user_frame(frame))

    def _whole(self, name):
        """Whether an array is told by value whatever its size: weights beside those of classes."""
        return name == "sample_weight" and self.args.get("class_weight") is not None and \
            getattr(self.args[name], "size", MAX_WHOLE + 1) <= MAX_WHOLE

    @staticmethod
    def _flatten(signature, values):
        """Arguments taken by ``**kwargs`` are shown by their own names; empty ones not at all."""
        for name, parameter in signature.parameters.items():
            if name in values and parameter.kind == parameter.VAR_KEYWORD:
                extra = values.pop(name)["v"]
                if isinstance(extra, dict):
                    values.update({key: {"v": item, "given": True} for key, item in extra.items()})

    def push(self):
        rec.safely("native text", native.take, None)
        if not hasattr(rec.local, "calls"):
            rec.local.calls = []
        rec.local.calls.append(self.id)

    def pop(self):
        rec.local.calls.pop()

    def observe(self, observer, *result):
        with rec.budget.measure(), rec.quiet():
            observer(self.me, self.args, self.id, *result)

    def end(self, result, error):
        with rec.budget.measure(), rec.quiet():
            rec.safely("native text", native.take, self.id)
            counts = {name: rec.safely("counter " + name, counter)
                      for name, counter in rec.counters.items()}
            fields = {"objects": None, "traces": None, "functions": None,
                      "rss": self.rss or resident_bytes(), "rss_before": self.rss_before,
                      "live": self.live, "live_before": self.live_before,
                      "operations": self.operations, "operations_before": self.operations_before}
            fields.update(counts)
            seconds = self.seconds
            if seconds is None:
                seconds = time.perf_counter() - self.began
            rec.emit("return", id=self.id, seconds=seconds, result=result_value(result),
                     error=None if error is None else "%s: %s" % (type(error).__name__,
                                                                  str(error)[:300]), **fields)


class _InnerCall(object):
    """A call that the program makes inside another one, from a callback."""

    def __init__(self, api, signature, args, kwargs, frame):
        with rec.budget.measure(), rec.quiet():
            bound = signature.bind(*args, **kwargs).arguments
            me = self.me = bound.pop(next(iter(signature.parameters)))
            self.bound = dict(bound)
            self.event = {"api": api, "self": rec.ref("model", me),
                          "call": rec.current_call(), "where": frames.user_frame(frame),
                          "args": {name: {"v": rec.value(value), "given": True}
                                   for name, value in bound.items()}}
        self.before = resident_bytes()

    def end(self, result):
        after = resident_bytes()
        with rec.budget.measure(), rec.quiet():
            observer = inner_observers.get(self.event["api"])
            rows = None if observer is None else rec.safely(
                "inner evaluation", observer, self.me, self.bound)
            rec.emit("inner_call", rss_before=self.before, rss=after, rows=rows,
                     result=result_value(result), **self.event)


def result_value(result):
    """A History is told by its numbers; everything else as it is."""
    history = getattr(result, "history", None)
    if isinstance(history, dict) and hasattr(result, "epoch"):
        return {"history": rec.value(history), "epoch": rec.value(list(result.epoch))}
    return rec.value(result)


def resident_bytes():
    """Resident memory of this process, or None where /proc is not there."""
    try:
        with open("/proc/self/statm") as stream:
            pages = int(stream.read().split()[1])
        import resource
        return pages * resource.getpagesize()
    except (OSError, ImportError, ValueError):
        return None
