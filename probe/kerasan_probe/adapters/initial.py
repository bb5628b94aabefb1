"""What the new variables of a layer hold, before anything else happens to them."""
import functools
import inspect

from kerasan_probe import frames
from kerasan_probe.adapters import hooks
from kerasan_probe.adapters.arrays import array_of
from kerasan_probe.adapters.common_models import builtin, config_of
from kerasan_probe.recorder import rec

ALWAYS = 64  # variables; further ones only while the budget allows
MAX_BYTES = 4 << 20  # of one variable
MAX_TOTAL = 32 << 20
REPEATS = "the same random values across multiple calls"  # as documentation says it
_seen = [0, 0]  # variables, bytes
made = None  # set by `unlisted`: keeps which layer a variable is of


def install(layer_class):
    rec.safely("wrap add_weight", _observe, hooks.definer(layer_class, "add_weight"))


def _observe(owner):
    original = vars(owner)["add_weight"]
    names = list(inspect.signature(original).parameters)[1:]

    @functools.wraps(original)
    def add_weight(self, *args, **kwargs):
        variable = original(self, *args, **kwargs)
        if made is not None:
            rec.safely("weight made", made, self, variable)
        if not rec.is_quiet():
            initializer = dict(zip(names, args), **kwargs).get("initializer")
            if initializer is not None:
                with rec.budget.measure(), rec.quiet():
                    rec.safely("initial value", note, self, initializer, variable)
        return variable

    owner.add_weight = add_weight


def note(layer, initializer, variable):
    named = isinstance(initializer, str)
    if not named and not hasattr(initializer, "get_config"):
        return
    if not rec.budget.allow(_seen[0] < ALWAYS) or _seen[1] > MAX_TOTAL:
        return
    value = read(variable)
    if value is None or value.nbytes > MAX_BYTES:
        return
    _seen[0] += 1
    _seen[1] += value.nbytes
    rec.emit("initial", call=rec.current_call(), place=frames.here(2),
             layer=getattr(layer, "name", None), variable=rec.ref("variable", variable),
             name=getattr(variable, "path", None) or variable.name,
             builtin=named or builtin(initializer),
             config=rec.value({}) if named else arguments(initializer),
             repeats=not named and repeats(initializer), value=rec.tensor(value),
             **{"class": initializer if named else type(initializer).__name__})


def arguments(initializer):
    """Its config, with the arguments that the config leaves out but the object holds."""
    config = config_of(initializer)
    for name in inspect.signature(type(initializer).__init__).parameters:
        held = vars(initializer).get(name)
        if name not in config and isinstance(held, (bool, int, float, str)):
            config[name] = rec.value(held)
    return config


def repeats(initializer):
    """Whether its documentation promises that one seed gives the same values twice."""
    return REPEATS in " ".join((type(initializer).__doc__ or "").split())


def read(variable):
    """The value as an array, or None where it cannot be had without work of the framework's."""
    held = getattr(variable, "_variable", variable)  # one that casts itself
    if hasattr(held, "_initializer") and hasattr(held, "_value"):  # Keras 3
        held = held._value
    try:
        return array_of(held)
    except Exception:
        return None
