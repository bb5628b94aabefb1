"""Weights that the operations of a model read and the model does not list.

Releases before Keras tensors turn operations that no recorded layer accounts for into layers of
their own, which keep a copy of what a weight held and not the weight."""
import weakref

from kerasan_probe.adapters import common_models, graphs, initial

MAX_KEPT = 20000
MAX_TOLD = 50
_made = {}  # id of a handle -> (weak reference to its variable, its layer's name and class)
captures = graphs.captured  # of a graph; the adapter for 2.0 and 2.1 has its own


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
    """[{layer, class, weight, shape, trainable, operation}], each weight once."""
    listed = {id(graphs.handle_of(variable)) for variable in model.weights}
    sources, found = {}, {}
    for layer in model.layers:
        if type(layer).__name__ != "TensorFlowOpLayer":
            continue
        for node in common_models.nodes_of(layer):
            for tensor in common_models.node_tensors(node, "output"):
                for handle in _read_by(tensor.op, sources):
                    if handle not in listed and len(found) < MAX_TOLD:
                        found.setdefault(handle, _told(handle, tensor.op))
    return [held for held in found.values() if held is not None]


def _read_by(op, sources):
    """Ids of the handles that an operation reads without another operation between."""
    graph = op.graph
    if id(graph) not in sources:
        sources[id(graph)] = {id(inner): outer for outer, inner in captures(graph).items()}
    for tensor in op.inputs:
        while tensor.op.type in graphs.THROUGH and len(tensor.op.inputs):
            tensor = tensor.op.inputs[0]
        handle = sources[id(graph)].get(id(tensor))
        if handle in _made:
            yield handle


def _told(handle, op):
    reference, layer, kind = _made[handle]
    variable = reference()
    if variable is None or id(graphs.handle_of(variable)) != handle:
        return None  # another object has got the id
    weight = common_models.weight_of(variable)
    return {"layer": layer, "class": kind, "weight": weight["name"], "shape": weight["shape"],
            "trainable": weight["trainable"], "operation": op.name}


def install():
    common_models.unlisted, initial.made = of, note
