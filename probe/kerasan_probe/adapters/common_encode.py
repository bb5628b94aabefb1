"""JSON forms of framework objects, common to every generation of Keras."""
import weakref

from kerasan_probe.adapters.common_models import builtin, config_of, dims
from kerasan_probe.encode import qualified
from kerasan_probe.recorder import rec

SMALL = 256
MAX_GIVEN = 1000
_given = {}  # id of a callback -> (weak reference, names of the arguments that it was made with)


def framework_object(obj):
    """A converter for `rec.add_encoder`."""
    name = type(obj).__name__
    if name == "TensorShape":
        return {"$shape": dims(obj)}
    if name == "DType":
        return {"$dtype": obj.name}
    module = type(obj).__module__
    if hasattr(obj, "numpy") and hasattr(obj, "shape") and hasattr(obj, "dtype"):
        return small_tensor(obj)
    if hasattr(obj, "prefetch") and hasattr(obj, "batch"):
        return {"$object": module + "." + name, "config": {
            "element_spec": repr(getattr(obj, "element_spec", None)), "cardinality": cardinality(obj),
            "shuffle": rec.safely("shuffle of a dataset", shuffle_of, obj)}}
    if isinstance(obj, type):
        return NotImplemented
    if hasattr(obj, "set_params") and hasattr(obj, "set_model") and hasattr(obj, "on_epoch_end"):
        held = {"$object": qualified(type(obj)), "builtin": builtin(obj), "config": settings(obj)}
        given = _given.get(id(obj), (lambda: None, None))
        return dict(held, given=given[1]) if given[0]() is obj else held
    if isinstance(getattr(obj, "_fn_kwargs", None), dict) and hasattr(obj, "get_config"):
        return {"$object": qualified(type(obj)), "name": getattr(obj, "name", None),
                "config": config_of(obj)}
    if hasattr(obj, "get_weights") and hasattr(obj, "get_config") and hasattr(obj, "trainable"):
        return {"$ref": rec.ref("model" if hasattr(obj, "compile") else "layer", obj)}
    if hasattr(obj, "apply_gradients") and hasattr(obj, "get_config"):
        return {"$ref": rec.ref("optimizer", obj)}
    return NotImplemented


def note_given(callback, names):
    """``callback`` is being made; the outermost constructor, told first, is the program's."""
    if _given.get(id(callback), (lambda: None,))[0]() is callback:
        return
    if len(_given) > MAX_GIVEN:
        _given.clear()
    _given[id(callback)] = weakref.ref(callback), names()


def settings(callback):
    """The plain attributes of a callback, and the names of its functions."""
    out = {}
    for name, value in vars(callback).items():
        if value is None or isinstance(value, (bool, int, float, str)):
            out[name] = rec.value(value)
        elif callable(value) and hasattr(value, "__name__"):
            out[name] = {"$function": value.__name__}
    return out


def cardinality(dataset):
    """How many elements it says it has, -1 endless, -2 unknown; None inside graphs, where asking
    adds to the graph."""
    import tensorflow as tf
    ask = getattr(tf.data.experimental, "cardinality", None)
    return int(ask(dataset)) if ask is not None and tf.executing_eagerly() else None


def shuffle_of(dataset):
    """The last shuffle of a pipeline, if nothing after it keeps its order: {"reshuffles": whether
    each pass has an order of its own, "buffer": how many elements it chooses from, None where only
    the running graph knows}."""
    while dataset is not None:
        dataset = getattr(dataset, "_dataset", dataset)  # behind an adapter between generations
        kind = type(dataset).__name__.strip("_")
        if kind.startswith("Cache"):
            return None
        if kind.startswith("Shuffle"):
            again = getattr(dataset, "_reshuffle_each_iteration", None)
            return {"reshuffles": again is None or bool(again),
                    "buffer": fixed_number(dataset._buffer_size)}
        sources = dataset._inputs()
        dataset = sources[0] if len(sources) == 1 else None
    return None


def fixed_number(tensor):
    """An integer tensor by value; None for one of a graph."""
    return int(tensor) if hasattr(tensor, "numpy") else None


def small_tensor(obj):
    """An eager tensor or variable by value when small, else by its shape."""
    shape = dims(obj.shape)
    if shape is not None and None not in shape:
        size = 1
        for d in shape:
            size *= d
        if size <= SMALL:
            try:
                return rec.tensor(obj.numpy())
            except Exception:  # a symbolic tensor has the method and no value
                pass
    dtype = getattr(obj.dtype, "name", None) or str(obj.dtype)
    return {"$array": {"shape": shape, "dtype": dtype}}
