"""What layers and operations are told, and tell, about shapes before there are values."""
import functools
import inspect
import sys

from kerasan_probe import frames
from kerasan_probe.adapters.common_models import (
    builtin,
    definer,
    dims,
    dtype_name,
    overrides,
    shape_value,
)
from kerasan_probe.recorder import rec

MAX_PLACES, EACH = 500, 3  # of operations in the program, and calls at each
OPERATIONS = ("strided_slice", "slice", "transpose", "expand_dims", "squeeze", "concat")
BACKEND = ("batch_dot", "permute_dimensions", "expand_dims", "squeeze", "concatenate")
WRAPPED = ("_tfmw_wrapped_module", "_dw_wrapped_module")
_places = {}  # (operation, code, line) -> calls told


class BuildWatcher(object):
    """Notes what the `build` of one layer is handed, through the interpreter's profiler."""

    def __init__(self, layer):
        self.layer, self.handed = layer, []

    def __enter__(self):
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        return False

    def _note(self, frame, event, _arg):
        code = frame.f_code
        if event != "call" or code.co_name != "build" or code.co_argcount < 2 or self.handed:
            return
        if frame.f_locals.get(code.co_varnames[0]) is self.layer:
            rec.safely("handed shape", self._keep, frame.f_locals.get(code.co_varnames[1]))

    def _keep(self, shape):
        self.handed.append(shape_value(shape))


def observe_hook(layer_class):
    """A layer that answers by running itself is built first, from the shape that it is asked for."""
    owner = definer(layer_class, "compute_output_shape")
    original = vars(owner)["compute_output_shape"]

    @functools.wraps(original)
    def compute_output_shape(self, *args, **kwargs):
        watcher = None
        if not rec.is_quiet() and sys.getprofile() is None and frames.of_user(sys._getframe(1)):
            watcher = rec.safely("shape hook", begin, self)
        if watcher is None:
            return original(self, *args, **kwargs)
        with watcher:
            result = original(self, *args, **kwargs)
        rec.safely("shape hook told", tell_hook, watcher, args, kwargs, result)
        return result

    owner.compute_output_shape = compute_output_shape


def begin(layer):
    return None if layer.built or not rec.budget.allow(len(_places) < MAX_PLACES) else \
        BuildWatcher(layer)


def tell_hook(watcher, args, kwargs, result):
    given = list(args) + list(kwargs.values())
    if not watcher.handed or len(given) != 1:
        return
    layer = watcher.layer
    with rec.budget.measure(), rec.quiet():
        rec.emit("shape_hook", layer=rec.ref("layer", layer), name=layer.name,
                 builtin=builtin(layer), own_build=overrides(layer, "build"),
                 given=shape_value(given[0]), handed=watcher.handed[0],
                 answer=shape_value(result), call=rec.current_call(), where=frames.here(2),
                 **{"class": type(layer).__name__})


def observe_operation(owner, name, label):
    """One public function, wherever the framework holds it, so that it is found by its name as
    before; calls of the program are told, the first ones from each line."""
    original = getattr(owner, name)
    signature = inspect.signature(original)

    @functools.wraps(original)
    def operation(*args, **kwargs):
        result = original(*args, **kwargs)
        if not rec.is_quiet():
            frame = sys._getframe(1)
            place = (name, id(frame.f_code), frame.f_lineno)
            if _places.get(place, 0) < EACH and len(_places) < MAX_PLACES and frames.of_user(frame):
                _places[place] = _places.get(place, 0) + 1
                rec.safely("operation", tell, signature, args, kwargs, result, frame)
        return result

    def tell(signature, args, kwargs, result, frame):
        with rec.budget.measure(), rec.quiet():
            given = signature.bind(*args, **kwargs).arguments
            rec.emit("operation", name=label, result=static(result), call=rec.current_call(),
                     args={key: static(value) for key, value in given.items()},
                     where=frames.user_frame(frame))

    replace(name, original, operation)


def static(value):
    """A tensor by its static shape alone, numbers as they are."""
    if isinstance(value, (list, tuple)):
        return [static(item) for item in value]
    if hasattr(value, "shape") and hasattr(value, "dtype") and not hasattr(value, "tolist"):
        return {"$array": {"shape": dims(value.shape), "dtype": dtype_name(value.dtype)}}
    return rec.value(value)


def replace(name, old, new):
    for module_name, module in list(sys.modules.items()):
        if module is None or not ("tensorflow" in module_name or "keras" in module_name):
            continue
        held = [module]
        for attr in WRAPPED:  # modules behind wrappers that warn of old names
            if attr in vars(module):
                held.append(vars(module)[attr])
        for one in held:
            if vars(one).get(name) is old:
                setattr(one, name, new)


def install(keras, tensorflow):
    rec.safely("wrap compute_output_shape", observe_hook, keras.layers.Layer)
    for owner, prefix, names in ((tensorflow, "", OPERATIONS),
                                 (keras.backend, "backend.", BACKEND)):
        for name in names:
            if hasattr(owner, name):
                rec.safely("wrap operation " + name, observe_operation, owner, name, prefix + name)
