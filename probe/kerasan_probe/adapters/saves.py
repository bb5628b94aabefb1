"""Models that are saved, loaded and rebuilt: what their weights and optimizers hold then."""
import functools
import json
import os

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters import common_models, steps
from kerasan_probe.adapters.common_models import definer, flatten
from kerasan_probe.calls import wrap_call
from kerasan_probe.recorder import digest_of, rec

MAX_BYTES = 1 << 30  # of the weights of one model
MAX_FILES = 16 << 20  # of what one call saved
SAVES = 8  # whose files are recorded; further ones only while the budget allows
MAX_TEXT = 4 << 20  # of a configuration
HEAD = 4  # values of each array that are told beside its digest
ALWAYS = 32  # calls of set_weights; further ones only while the budget allows
_told = {}  # JSON of a configuration -> id of the model that gave it
_set = [0]
_saved = [0]
session = None  # set by adapters with sessions: () -> the session, None where there is none


def eager():  # set by adapters with sessions
    return True


def array_of(variable):
    held = getattr(variable, "_variable", variable)  # one that casts itself
    if hasattr(held, "_initializer") and hasattr(held, "_value"):  # Keras 3
        held = held._value
    if hasattr(held, "detach"):  # Torch
        held = held.detach().cpu()
    return np.asarray(held.numpy() if hasattr(held, "numpy") else held)


def arrays_of(variables):
    """The values, or None where they cannot be read or are too large."""
    sizes = [int(np.prod([d or 0 for d in common_models.dims(v.shape) or []])) for v in variables]
    if 4 * sum(sizes) > MAX_BYTES:
        return None
    held = session() if session is not None else None
    try:
        if held is not None:
            return [np.asarray(value) for value in held.run(list(variables))] if variables else []
        return [array_of(variable) for variable in variables]
    except Exception:  # symbolic, or a variable of a session that holds nothing yet
        return None


def described(array):
    """An array by its digest and first values; the digest is that of a tensor frame."""
    array = np.asarray(array)
    blob = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    shape = [int(d) for d in array.shape]
    head = rec.value(array.ravel()[:HEAD].tolist()) if array.dtype.kind in "fiub" else []
    return {"digest": digest_of(array.dtype.name, shape, blob), "shape": shape,
            "dtype": array.dtype.name, "head": head}


def contents(model):
    """The fields `values` and `optimizer_state` of a `model` event."""
    return {"values": rec.safely("weight values", values_of, list(weights_of(model))),
            "optimizer_state": rec.safely("optimizer contents", optimizer_state, model)}


def weights_of(model):
    try:
        return model.weights
    except (ValueError, AttributeError):  # not built yet
        return []


def values_of(variables):
    arrays = arrays_of(variables)
    if arrays is None:
        return None
    return [dict({"id": rec.ref("variable", v), "name": getattr(v, "path", None) or v.name},
                 **described(array)) for v, array in zip(variables, arrays)]


def optimizer_state(model):
    """Iterations and slots as a list in the optimizer's own order, where it is known."""
    optimizer = getattr(model, "optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if optimizer is None or not hasattr(optimizer, "apply_gradients"):
        return None
    if not hasattr(optimizer, "_create_slots") and not hasattr(optimizer, "build"):
        return None  # one of before Keras
    held = getattr(optimizer, "variables", None)
    held = held() if callable(held) else held
    held = getattr(optimizer, "_weights", held) if held is None else held
    state = {"class": type(optimizer).__name__, "builtin": common_models.builtin(optimizer),
             "variables": values_of(flatten(list(held or [])))}
    if eager():  # a session would add to the graph
        state["config"] = common_models.config_of(optimizer)
    return state


def stamp(path):
    """What tells whether the file at ``path`` was written again; None where it is not there."""
    text = common_models.path_text(path)
    for name in (text, "%s.index" % text, "%s.data-00000-of-00001" % text):
        if text and os.path.isfile(name):
            held = os.stat(name)
            return [held.st_size, held.st_mtime_ns]
    inner = os.path.join(text or "", "saved_model.pb")
    if text and os.path.isfile(inner):
        held = os.stat(inner)
        return [held.st_size, held.st_mtime_ns]
    return None


def files_at(path):
    """Names and places of what a call wrote to ``path``: a file, a folder, or a checkpoint."""
    text = common_models.path_text(path) or ""
    if os.path.isfile(text):
        return [(os.path.basename(text), text)]
    if os.path.isdir(text):
        found = [os.path.join(folder, name) for folder, _, names in os.walk(text) for name in names]
        return [(os.path.relpath(place, text), place) for place in sorted(found)]
    folder, prefix = os.path.split(text)
    if not prefix or not os.path.isdir(folder or "."):
        return []
    return [(name, os.path.join(folder, name)) for name in sorted(os.listdir(folder or "."))
            if name == prefix + ".index" or name.startswith(prefix + ".data-")]


def saved_file(model, path, what):
    """The bytes of what was just saved, while they are few."""
    files = files_at(path)
    _saved[0] += 1
    if not files or sum(os.path.getsize(place) for _, place in files) > MAX_FILES or \
            not rec.budget.allow(_saved[0] <= SAVES):
        return
    rec.emit("saved_file", model=rec.ref("model", model), call=rec.current_call(),
             path=common_models.path_text(path), saves=what,
             files=[{"name": name, "bytes": rec.tensor(np.fromfile(place, dtype="uint8"))}
                    for name, place in files])


def saving(what, compiled):
    def before(model, args, _call):
        path = args.get("filepath")
        if what == "model":
            common_models.note_saved(model, path)
        common_models.snapshot(model, "save", compiled, path=common_models.path_text(path),
                               saves=what)

    def after(model, args, _call, _result):
        path = args.get("filepath")
        common_models.snapshot(model, "saved", compiled, path=common_models.path_text(path),
                               saves=what, stamp=stamp(path))
        rec.safely("saved file", saved_file, model, path, what)
    return before, after


def saving_inside(what, compiled):
    """For saves that a callback of the framework makes in a fit."""
    taken = [0]
    before, after = saving(what, compiled)

    def begin(signature, args, kwargs):
        held = steps.local.watch
        if held is None or not held.in_callback or held.saving:
            return None
        bound = dict(signature.bind(*args, **kwargs).arguments)
        model = bound.pop(next(iter(signature.parameters)))
        held.saving = True  # what saving calls itself is not another save
        taken[0] += 1
        whole = rec.budget.allow(taken[0] <= SAVES)
        if whole:
            rec.safely("before inner save", before, model, bound, held.call)
        return held, model, bound, whole

    def end(begun):
        held, model, bound, whole = begun
        held.saving = False
        if whole:
            rec.safely("after inner save", after, model, bound, held.call, None)
        rec.emit("inner_save", call=held.call, model=rec.ref("model", model), epoch=held.epoch,
                 path=common_models.path_text(bound.get("filepath")), saves=what)
    return begin, end


def loading_weights(compiled):
    def after(model, args, _call, _result):
        path = args.get("filepath")
        common_models.snapshot(model, "load", compiled, path=common_models.path_text(path),
                               saves="weights", stamp=stamp(path))
    return after


def saving_function(compiled):
    """For `save_model(model, filepath)`."""
    before, after = saving("model", compiled)
    return (lambda _self, args, call: before(args["model"], args, call),
            lambda _self, args, call, result: after(args["model"], args, call, result))


# -- configurations ------------------------------------------------------------------------------
def text_of(config):
    return json.dumps(rec.value(config), sort_keys=True)


def note_told(config, model):
    _told[text_of(config)] = model


def gives_config(compiled):
    def after(model, _args, _call, config):
        note_told(config, rec.ref("model", model))
        common_models.snapshot(model, "call", compiled)
    return after


def gives_json(compiled):
    def after(model, _args, call, text):
        _told[text] = rec.ref("model", model)
        common_models.snapshot(model, "call", compiled)
        tell_json(model, call, text)
    return after


def tell_json(model, call, text):
    rec.emit("config_text", call=call, model=rec.ref("model", model), name=model.name,
             text=text[:MAX_TEXT], complete=len(text) <= MAX_TEXT)


def took(how, name, text):
    """Remembers what was handed over before the framework may change it."""
    held = []

    def before(_self, args, _call):
        held[:] = [text(args[name])]

    def after(_self, args, call, result):
        given = held.pop() if held else None
        if hasattr(result, "layers"):
            more = {"custom": bool(args.get("custom_objects"))}
            now = text(args[name])
            more["argument_kept"] = now == given
            if now != given and given is not None:
                more["lost"] = partings(json.loads(given), json.loads(now))
            common_models.note_made(result, how, _told.get(given), call, **more)
            common_models.snapshot(result, "load")
    return before, after


def partings(a, b):
    """Where two configurations differ: the first place under each of their keys."""
    if not isinstance(a, dict) or not isinstance(b, dict):
        return parting(a, b)
    return ", ".join(parting(a.get(key), b.get(key), key) for key in sorted(set(a) | set(b))
                     if key not in a or key not in b or a[key] != b[key])


def parting(a, b, path=""):
    """Where two JSON values first differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b or a[key] != b[key]:
                return parting(a.get(key), b.get(key), "%s.%s" % (path, key) if path else key)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (one, other) in enumerate(zip(a, b)):
            if one != other:
                return parting(one, other, "%s[%d]" % (path, index))
    return path


def observe_configs(classes, compiled):
    for cls in classes:
        if "get_config" in vars(cls):
            rec.safely("wrap get_config", wrap_call, cls, "get_config", "Model.get_config",
                       self_ref="model", after=gives_config(compiled))
        if "from_config" in vars(cls):
            before, after = took("from_config", "config", text_of)
            rec.safely("wrap from_config", wrap_call, cls, "from_config", "Model.from_config",
                       before=before, after=after)
        if "to_json" in vars(cls):
            rec.safely("wrap to_json", wrap_call, cls, "to_json", "Model.to_json",
                       self_ref="model", after=gives_json(compiled))


# -- weights that are set ------------------------------------------------------------------------
def observe_set_weights(layer_class):
    owner = definer(layer_class, "set_weights")
    original = vars(owner)["set_weights"]

    @functools.wraps(original)
    def set_weights(self, weights, *args, **kwargs):
        result = original(self, weights, *args, **kwargs)
        if not rec.is_quiet() and isinstance(weights, (list, tuple)):
            with rec.budget.measure(), rec.quiet():
                rec.safely("set weights", note_set, self, weights)
        return result

    owner.set_weights = set_weights


def note_set(layer, given):
    _set[0] += 1
    if not rec.budget.allow(_set[0] <= ALWAYS):
        return
    variables = list(layer.weights)
    if len(variables) != len(given) or len(set(map(id, variables))) != len(variables):
        return
    held = values_of(variables)
    if held is None:
        return
    arrays = [np.asarray(getattr(item, "numpy", lambda item=item: item)()) for item in given]
    rec.emit("weights_set", layer=rec.ref("layer", layer), name=layer.name,
             builtin=common_models.builtin(layer), call=rec.current_call(), place=frames.here(2),
             held=held, given=[described(array.astype(now["dtype"], copy=False))
                               for array, now in zip(arrays, held)],
             **{"class": type(layer).__name__})


def install(layer_class, model_classes, compiled):
    """``model_classes``: those that may define how a model tells its configuration."""
    common_models.contents = contents
    rec.safely("wrap configs", observe_configs,
               [cls for cls in model_classes if cls is not layer_class], compiled)
    rec.safely("wrap set_weights", observe_set_weights, layer_class)
