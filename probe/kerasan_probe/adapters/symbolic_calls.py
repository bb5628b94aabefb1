"""Layers that the program calls on the symbolic tensors of a functional model, outermost calls only:
what a model is made of, to be held against what it says that it is made of."""
import weakref

from kerasan_probe.adapters import common_models
from kerasan_probe.recorder import rec

MAX_KEPT = 20000
MAX_TOLD = 50
_makers = {}  # id of an output -> (weak reference to it, what is told of the layer that gave it)


def begin(args):
    """The tensors that a call is given first, where each is one of a functional model; None else.
    Asked before the call, which may change the list or dict that holds them."""
    given = common_models.flatten(list(args[:1]))
    return given if given and all(symbolic(tensor) for tensor in given) else None


def symbolic(tensor):
    return bool(getattr(tensor, "_keras_history", None))


def note(layer, given, result):
    """``layer`` was called and gave ``result``."""
    if len(_makers) > MAX_KEPT:
        for key in [key for key, held in _makers.items() if held[0]() is None]:
            del _makers[key]
    # Told now: a layer that no model holds may be gone when it is looked for.
    told = {"layer": rec.ref("layer", layer), "name": layer.name, "class": type(layer).__name__}
    for tensor in common_models.flatten(result):
        # A tensor handed through stays that of the layer before.
        if hasattr(tensor, "shape") and not any(tensor is one for one in given):
            _makers[id(tensor)] = weakref.ref(tensor), told


def maker(tensor):
    held = _makers.get(id(tensor))
    return held[1] if held is not None and held[0]() is tensor else None


def unlisted(model):
    """[{layer, class, name}]: layers that the program called between inputs and outputs and that the
    model does not hold, itself or inside another model."""
    listed = {rec.ref("layer", layer) for layer in _all_layers(model, 0)}
    found, seen = {}, set()
    queue = common_models.flatten(getattr(model, "outputs", None))
    while queue:
        tensor = queue.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        told = maker(tensor)
        if told is not None and told["layer"] not in listed and len(found) < MAX_TOLD:
            found[told["layer"]] = told
        history = getattr(tensor, "_keras_history", None)
        if history and not any(tensor is one for one in model.inputs):
            node = common_models.nodes_of(history[0])[history[1]]
            queue.extend(common_models.node_tensors(node, "input"))
    return list(found.values())


def _all_layers(model, depth):
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers") and depth < 10:
            for inner in _all_layers(layer, depth + 1):
                yield inner


def install():
    common_models.called = unlisted
