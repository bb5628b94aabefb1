"""Which `call` methods of layers run in Python, seen through the interpreter's profiler: nothing of
the framework is replaced, so nothing that it asks of its own functions changes."""
import functools
import sys

from kerasan_probe import frames
from kerasan_probe.adapters import steps
from kerasan_probe.adapters.common_models import builtin
from kerasan_probe.recorder import rec

NAMES = ("call", "tf__call")  # the second: after autograph
MAX_CALLS = 200
COUNTED = (2, 3, 4)  # recorded batches of a model and phase whose layer calls are counted
ALWAYS = 2  # applications of one layer that are looked at


class Watcher(object):
    """While entered, notes each call of a layer made in Python: (layer, training, told by)."""

    layer_class = ()  # set by `install`

    def __init__(self):
        self.seen = []
        self.active = False

    def __enter__(self):
        if sys.getprofile() is None:  # a profiler of the program's stays undisturbed
            self.active = True
            sys.setprofile(self._note)
        return self

    def __exit__(self, *_):
        if self.active:
            sys.setprofile(None)
        return False

    def _note(self, frame, event, _arg):
        if event != "call" or frame.f_code.co_name not in NAMES or len(self.seen) >= MAX_CALLS:
            return
        held = frame.f_locals
        layer = held.get("self")
        if isinstance(layer, self.layer_class):
            takes = "training" in frame.f_code.co_varnames[:frame.f_code.co_argcount]
            self.seen.append((layer, takes, held.get("training"), outside(frame.f_back)))

    def flags(self):
        """The flags that layers got, for layers that take one."""
        return [{"class": type(layer).__name__, "builtin": builtin(layer), "name": layer.name,
                 "training": flag(value), "told_by": told_by}
                for layer, takes, value, told_by in self.seen if takes]


def flag(value):
    """true, false, null, or "tensor" for one that is decided later."""
    return value if value is None or isinstance(value, bool) else \
        bool(value) if isinstance(value, int) else "tensor"


def outside(frame):
    """Whose code calls: the nearest that is not a wrapper of Python's or the probe's."""
    return "framework" if frame is not None and frames.of_framework(frame) else \
        frames.origin(frame)


_looked = {}  # ref of a layer -> applications looked at


def observe_layer(cls):
    """The flags inside an application of a layer that holds others."""
    original = vars(cls)["__call__"]

    @functools.wraps(original)
    def __call__(self, *args, **kwargs):
        watcher = None
        if not rec.is_quiet() and sys.getprofile() is None:
            watcher = rec.safely("flags", begin, self)
        if watcher is None:
            return original(self, *args, **kwargs)
        with watcher:
            result = original(self, *args, **kwargs)
        rec.safely("flags", tell, watcher, type(self).__name__, None)
        return result

    cls.__call__ = __call__


def begin(layer):
    key = rec.ref("layer", layer)
    if _looked.get(key, 0) >= ALWAYS or len(_looked) > 1000 or not rec.budget.allow():
        return None
    _looked[key] = _looked.get(key, 0) + 1
    return Watcher()


def tell(watcher, outer, training):
    """``training``: what the outermost call works with, where it is not itself a layer's."""
    with rec.budget.measure(), rec.quiet():
        flags = watcher.flags()
        if flags:
            rec.emit("flags", call=rec.current_call(), where=frames.here(2), outer=outer,
                     training=training, received=flags)


def observe_building(model_class, name="_set_inputs"):
    """The flags that a subclassed model gets when a loop builds its graph."""
    original = vars(model_class)[name]

    @functools.wraps(original)
    def build(self, *args, **kwargs):
        held = steps.local.watch
        if rec.is_quiet() or held is None or held.api != "Model.fit" or held.in_callback:
            return original(self, *args, **kwargs)
        watcher = Watcher()
        with watcher:
            result = original(self, *args, **kwargs)
        rec.safely("flags", tell, watcher, type(self).__name__, "tensor")
        return result

    setattr(model_class, name, build)


def counting(step):
    """A watcher for one batch of a compiled loop, which is not to run layers from Python; None for
    other batches. The first one makes the graph."""
    if step.event is None or step.seen[0] not in COUNTED or not Watcher.layer_class:
        return None
    return Watcher() if sys.getprofile() is None else None


def install(layers, model_class=None):
    Watcher.layer_class = layers.Layer
    for name in ("RNN", "Bidirectional", "TimeDistributed"):
        cls = getattr(layers, name, None)
        if cls is not None and "__call__" in vars(cls):
            rec.safely("wrap %s.__call__" % name, observe_layer, cls)
    if model_class is not None and "_set_inputs" in vars(model_class):
        rec.safely("wrap _set_inputs", observe_building, model_class)
    steps.Step.watcher = staticmethod(counting)
