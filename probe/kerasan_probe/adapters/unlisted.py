"""Weights that the operations of a model read and the model does not list.

Releases before Keras tensors turn operations that no recorded layer accounts for into layers of
their own, which keep a copy of what a weight held and not the weight."""
import functools
import weakref

import numpy as np

from kerasan_probe.adapters import common_models, graphs, initial, settings
from kerasan_probe.recorder import rec

MAX_KEPT = 20000
MAX_TOLD = 50
MAX_OPERATIONS = 200  # behind one operation
MAX_ELEMENTS = 1 << 20  # of a weight whose value is told
_made = {}  # id of a handle -> (weak reference to its variable, its layer's name and class)
captures = graphs.captured  # of a graph; the adapters for 1.x, 2.0 and 2.1 have their own
read = settings.read  # the adapter for sessions has its own


def note(layer, variable):
    """``layer`` has made ``variable``."""
    handle = graphs.handle_of(variable)
    if handle is None:
        return
    if len(_made) > MAX_KEPT:
        for key in [key for key, held in _made.items() if held[0]() is None]:
            del _made[key]
    _made[id(handle)] = (weakref.ref(variable), layer.name, type(layer).__name__)


def of(model):
    """[{layer, class, weight, shape, trainable, operation, value}], each weight once."""
    layers = [one for one in model.layers if type(one).__name__ == "TensorFlowOpLayer"]
    if not layers:  # a model that is not built has no weights to ask for
        return []
    listed = {id(graphs.handle_of(variable)) for variable in model.weights}
    sources, found = {}, {}
    for layer in layers:
        for node in common_models.nodes_of(layer):
            for tensor in common_models.node_tensors(node, "output"):
                for handle in _read_by(tensor.op, sources):
                    if handle not in listed and len(found) < MAX_TOLD:
                        found.setdefault(handle, _told(handle, tensor.op))
    return [held for held in found.values() if held is not None]


def _read_by(op, sources):
    """Ids of the handles that an operation reads, through operations that no layer accounts for."""
    graph = op.graph
    if id(graph) not in sources:
        sources[id(graph)] = {id(inner): outer for outer, inner in captures(graph).items()}
    seen, queue = set(), list(op.inputs)
    while queue and len(seen) < MAX_OPERATIONS:
        tensor = queue.pop()
        handle = sources[id(graph)].get(id(tensor), id(tensor))
        if handle in _made:
            yield handle
        elif id(tensor) not in seen and getattr(tensor, "_keras_history", None) is None:
            seen.add(id(tensor))
            queue.extend(tensor.op.inputs)


def _told(handle, op):
    reference, layer, kind = _made[handle]
    variable = reference()
    if variable is None or id(graphs.handle_of(variable)) != handle:
        return None  # another object has got the id
    weight = common_models.weight_of(variable)
    return {"layer": layer, "class": kind, "weight": weight["name"], "shape": weight["shape"],
            "trainable": weight["trainable"], "operation": op.name,
            "value": rec.safely("value of a weight", value_of, variable)}


def value_of(variable):
    if any(size is None for size in variable.shape.as_list()) or \
            int(np.prod(variable.shape.as_list())) > MAX_ELEMENTS:
        return None
    return read(variable)


def observe(layer_class):
    """Notes which layer makes a variable, where `initial` does not."""
    owner = common_models.definer(layer_class, "add_weight")
    original = vars(owner)["add_weight"]

    @functools.wraps(original)
    def add_weight(self, *args, **kwargs):
        variable = original(self, *args, **kwargs)
        rec.safely("weight made", note, self, variable)
        return variable

    owner.add_weight = add_weight


def install():
    common_models.unlisted, initial.made = of, note
