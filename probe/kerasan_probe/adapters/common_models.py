"""Snapshots of models, common to every generation of Keras."""
import sys

from kerasan_probe import frames
from kerasan_probe.encode import qualified
from kerasan_probe.recorder import rec

FRAMEWORK = ("keras.", "tensorflow.", "tf_keras.", "tensorflow_core.")
MAX_GIVEN = 1 << 20  # elements of an array handed to a layer
_saved = {}  # path -> id of the model of this process last saved there
_origins = {}  # id of a loaded model -> where it came from
_makers = {}  # id of a model that was made from another one -> how
contents = None  # set by `saves`: what weights and optimizer of a model hold
unlisted = None  # set by an adapter: weights that a model uses and does not list
called = None  # set by `symbolic_calls`: layers that a model was made with and does not list


def builtin(obj):
    """True when the class of ``obj`` comes with the framework."""
    return (type(obj).__module__ + ".").startswith(FRAMEWORK)


def overrides(obj, name):
    """True when a class outside the framework defines the method."""
    for cls in type(obj).__mro__:
        if name in vars(cls):
            return not (cls.__module__ + ".").startswith(FRAMEWORK)
    return False


def definer(owner, name):
    """The class that defines a method: patched anywhere else it would look overridden, and Keras 3
    does not compile a loaded model whose `compile` is."""
    return next(cls for cls in owner.__mro__ if name in vars(cls))


def flatten(tree):
    """Leaves of nested lists, tuples and dicts (in key order)."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree, key=str) for leaf in flatten(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in flatten(item)]
    return [] if tree is None else [tree]


def dims(shape):
    """A shape as a list of numbers and None."""
    if shape is None or getattr(shape, "ndims", 0) is None:
        return None
    return [None if d is None or getattr(d, "value", 0) is None else int(d) for d in shape]


def shape_value(shape):
    """A declared shape in the form in which the framework holds it."""
    if type(shape).__name__ == "TensorShape":
        return {"$shape": dims(shape)}
    if isinstance(shape, tuple) and not any(isinstance(d, (list, tuple)) for d in shape):
        if not any(type(d).__name__ == "TensorShape" for d in shape):
            return {"$tuple": dims(shape)}
    if isinstance(shape, (list, tuple)):
        if all(d is None or isinstance(d, int) for d in shape):
            return list(shape)
        return [shape_value(item) for item in shape]
    if isinstance(shape, dict):
        return {str(key): shape_value(item) for key, item in shape.items()}
    return rec.value(shape)


def config_of(obj):
    """Its config; arguments that a loss or metric leaves out of it come from what it holds."""
    try:
        config = obj.get_config()
        held = getattr(obj, "_fn_kwargs", None)
        return rec.value(dict(held, **config) if isinstance(held, dict) else config)
    except Exception as error:  # NotImplementedError of a subclassed model is normal
        return {"error": "%s: %s" % (type(error).__name__, str(error)[:200])}


def dtype_name(dtype):
    return str(getattr(dtype, "base_dtype", dtype) if not isinstance(dtype, str) else dtype
               ).replace("<dtype: '", "").replace("'>", "").replace("_ref", "")


def weight_of(variable):
    return {"id": rec.ref("variable", variable),
            "name": getattr(variable, "path", None) or variable.name,
            "shape": dims(variable.shape), "dtype": dtype_name(variable.dtype),
            "trainable": bool(getattr(variable, "trainable", True))}


def inner_layers(layer):
    """The direct sublayers of a model or wrapper."""
    for attr in ("layers", "_layers"):
        found = getattr(layer, attr, None)
        if found is not None:
            break
    else:
        found = getattr(layer, "_self_tracked_trackables", None)
    if not isinstance(found, (list, tuple)):
        return []
    out = []
    for item in found:
        if hasattr(item, "layers") and not hasattr(item, "get_config"):
            out.extend(item.layers)
        elif hasattr(item, "get_config") and hasattr(item, "trainable"):
            out.append(item)
    return out


def nodes_of(layer):
    return list(getattr(layer, "_inbound_nodes", None) or [])


def node_tensors(node, side):
    if side == "input":
        found = getattr(node, "keras_inputs", None)
        return flatten(found if found is not None else node.input_tensors)
    return flatten(getattr(node, "outputs", None) if hasattr(node, "outputs")
                   else node.output_tensors)


def node_shape(node, side):
    held = getattr(node, side + "_shapes", None)
    if held is not None:
        return held
    shapes = [tensor.shape for tensor in node_tensors(node, side)]
    return shapes[0] if len(shapes) == 1 else shapes


_computed = {}  # (layer id, node index) -> what compute_output_shape returned


def has_own_shapes(layer):
    """False where the base class answers, which it does by running the layer."""
    for cls in type(layer).__mro__:
        if "compute_output_shape" in vars(cls):
            return cls.__name__ not in ("Layer", "Operation")
    return False


def computed_shape(layer, index, node):
    """compute_output_shape is asked once for each node; an error is an answer too."""
    key = (rec.ref("layer", layer), index)
    if key not in _computed:
        try:
            answer = layer.compute_output_shape(node_shape(node, "input"))
            _computed[key] = shape_value(answer)
        except Exception as error:
            _computed[key] = {"error": "%s: %s" % (type(error).__name__, str(error)[:200])}
    return _computed[key]


def layer_of(layer, ask):
    nodes = []
    for index, node in enumerate(nodes_of(layer)):
        entry = {"input": None, "output": None, "computed": None}
        try:
            entry["input"] = shape_value(node_shape(node, "input"))
            entry["output"] = shape_value(node_shape(node, "output"))
            if ask and entry["input"] not in (None, []) and has_own_shapes(layer) and \
                    type(layer).__name__ != "InputLayer":
                entry["computed"] = computed_shape(layer, index, node)
        except Exception:
            rec.fault("node shapes")
        nodes.append(entry)
    out = {"id": rec.ref("layer", layer), "class": type(layer).__name__,
           "module": type(layer).__module__, "builtin": builtin(layer), "name": layer.name,
           "trainable": bool(layer.trainable), "config": config_of(layer),
           "compute_dtype": compute_dtype(layer), "weights": weights_of(layer), "nodes": nodes,
           "own_compute_output_shape": overrides(layer, "compute_output_shape"),
           "own_call": overrides(layer, "call")}
    given = getattr(layer, "_initial_weights", None)
    if isinstance(given, (list, tuple)):  # not set, or not yet
        out["weights_to_set"] = [saved_form(array) for array in given]
    if eager():
        for name in ("could_use_cudnn", "_could_use_gpu_kernel"):
            if name in vars(layer):
                out["fast_implementation"] = bool(vars(layer)[name])
    if hasattr(layer, "layers"):
        out["model"] = rec.ref("model", layer)
        out["layers"] = [layer_of(inner, False) for inner in layer.layers]
        out["structure"] = structure_of(layer)
        if out["structure"] != "subclassed":  # "nodes" are those that apply the model itself
            out["graph"] = {}
            rec.safely("inner graph", _add_graph, layer, out["graph"])
    return out


def eager():
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and bool(tensorflow.executing_eagerly())


def saved_form(array):
    return rec.value(array) if getattr(array, "size", MAX_GIVEN + 1) > MAX_GIVEN else \
        rec.value(array, arrays=True)


def weights_of(layer):
    try:
        return [weight_of(variable) for variable in layer.weights]
    except (ValueError, AttributeError):  # a model that is not built yet
        return []


def compute_dtype(layer):
    for attr in ("compute_dtype", "_compute_dtype", "dtype"):
        held = getattr(layer, attr, None)
        if held:
            return dtype_name(held)
    return None


def history(tensor):
    """[layer, node, tensor] of a symbolic tensor, or None."""
    held = getattr(tensor, "_keras_history", None)
    if not held:
        return None
    return [rec.ref("layer", held[0]), int(held[1]), int(held[2])]


def structure_of(model):
    names = [cls.__name__ for cls in type(model).__mro__]
    if "Sequential" in names:
        return "sequential"
    if getattr(model, "_is_graph_network", False) or "Functional" in names:
        return "functional"
    return "subclassed"


def graph_of(model):
    nodes = []
    members = {id(layer) for layer in model.layers}
    for layer in model.layers:
        for index, node in enumerate(nodes_of(layer)):
            inputs = [history(tensor) for tensor in node_tensors(node, "input")]
            producers = [t._keras_history[0] for t in node_tensors(node, "input")
                         if getattr(t, "_keras_history", None)]
            # Nodes of another model that shares the layer are not part of this one.
            if all(id(p) in members or type(p).__name__ == "InputLayer" for p in producers):
                nodes.append({"layer": rec.ref("layer", layer), "index": index,
                              "inputs": [item for item in inputs if item],
                              "arguments": rec.safely("call arguments", arguments_of, node)})
    return nodes


def arguments_of(node):
    """What a layer was called with besides its inputs; {"...": count} for unnamed ones."""
    held = getattr(node, "arguments", None)
    kwargs, args = getattr(node, "call_kwargs", None), getattr(node, "call_args", None)
    if isinstance(held, dict):
        kwargs, args = held, ()
    elif held is not None and kwargs is None:
        kwargs, args = held.kwargs, held.args
    if kwargs is None or args is None:
        return None
    out = {str(name): None if value is None else rec.value(value) for name, value in kwargs.items()}
    if len(flatten(list(args[1:]))):
        out["..."] = len(args) - 1
    return out


def snapshot(model, when, compiled=None, ask=True, **more):
    """Emits a `model` event; ``compiled(model)`` gives the COMPILE part."""
    with rec.quiet():
        identity = rec.ref("model", model)
        event = {"id": identity, "when": when, "call": rec.current_call(),
                 "where": frames.here(), "class": type(model).__name__,
                 "module": type(model).__module__, "name": model.name, "builtin": builtin(model),
                 "structure": structure_of(model), "config": config_of(model),
                 "layers": [layer_of(layer, ask) for layer in model.layers], "nodes": [],
                 "inputs": [], "outputs": [], "compile": None, "weights": weights_of(model),
                 "own_test_step": any(overrides(model, name) for name in
                                      ("test_step", "train_step", "compute_loss",
                                       "compute_metrics", "compile")),
                 "trainable": bool(model.trainable), "origin": _origins.get(identity),
                 "made_from": _makers.get(identity)}
        event.update(more)
        if event["structure"] != "subclassed":
            rec.safely("model graph", _add_graph, model, event)
        if compiled is not None:
            event["compile"] = rec.safely("compile info", compiled, model)
        if contents is not None and when in ("save", "saved", "load"):
            event.update(rec.safely("model contents", contents, model) or {})
    rec.emit("model", **event)


def _add_graph(model, event):
    event["nodes"] = graph_of(model)
    event["inputs"] = [history(t) for t in flatten(getattr(model, "inputs", None))]
    event["outputs"] = [history(t) for t in flatten(getattr(model, "outputs", None))]
    if unlisted is not None:
        event["unlisted"] = rec.safely("unlisted weights", unlisted, model)
    if called is not None:
        event["called"] = rec.safely("called layers", called, model)


def path_text(path):
    return str(path) if isinstance(path, str) or hasattr(path, "__fspath__") else None


def note_saved(model, path):
    if path_text(path):
        _saved[path_text(path)] = rec.ref("model", model)


def note_loaded(model, path, call):
    path = path_text(path)
    _origins[rec.ref("model", model)] = {"path": path, "call": call, "saved_as": _saved.get(path)}


def loaded(model):
    """Whether the model of this name came from a file."""
    return model in _origins


def note_made(model, how, source, call, **more):
    """``model`` was rebuilt from what ``source`` (an id, None if unknown) told of itself."""
    _makers[rec.ref("model", model)] = dict({"how": how, "model": source, "call": call}, **more)


def function_name(function):
    return None if function is None else qualified(function)


def metric_of(metric, output, weighted):
    """How one metric was resolved. A wrapped function says what is really computed."""
    function = getattr(metric, "_fn", None)
    return {"name": getattr(metric, "name", None), "class": type(metric).__name__,
            "fn": function_name(function), "config": config_of(metric), "output": output,
            "weighted": weighted}


def replace_everywhere(name, old, new):
    """Rebinds a public function in every module of Keras that holds it."""
    for module_name, module in list(sys.modules.items()):
        if module is not None and "keras" in module_name:
            if vars(module).get(name) is old:
                setattr(module, name, new)
