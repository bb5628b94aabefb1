"""Python values as the JSON forms of docs/trace-events.md."""
import math
import types

import numpy as np

MAX_TEXT = 20000
MAX_ITEMS = 2000
MAX_DEPTH = 40
# NumPy dtypes that a tensor frame can hold; bfloat16 arrives as an extension type.
DTYPES = ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
          "uint8", "uint16", "uint32", "uint64", "bool")


def qualified(obj):
    return "%s.%s" % (getattr(obj, "__module__", "?"),
                      getattr(obj, "__qualname__", getattr(obj, "__name__", "?")))


class Encoder(object):
    """Turns values into JSON; framework objects through converters that adapters add."""

    def __init__(self, tensor):
        self._tensor = tensor
        self._converters = []

    def add(self, converter):
        """``converter(obj)`` returns JSON or NotImplemented; the latest added is asked first."""
        self._converters.insert(0, converter)

    def value(self, obj, arrays=False, depth=0):
        """JSON for ``obj``. Arrays are recorded whole only when ``arrays`` is true or small."""
        if depth > MAX_DEPTH:
            return {"$repr": "nested too deeply"}
        if obj is None or isinstance(obj, (bool, np.bool_)):
            return None if obj is None else bool(obj)
        if isinstance(obj, (int, np.integer)):
            return int(obj)
        if isinstance(obj, (float, np.floating)):
            return number(float(obj))
        if isinstance(obj, str):
            return obj[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")
        for converter in self._converters:
            done = converter(obj)
            if done is not NotImplemented:
                return done
        if isinstance(obj, np.ndarray):
            return self._array(obj, arrays)
        if isinstance(obj, (list, tuple)):
            items = [self.value(item, arrays, depth + 1) for item in obj[:MAX_ITEMS]]
            return {"$tuple": items} if isinstance(obj, tuple) else items
        if isinstance(obj, dict):
            return self._mapping(obj, arrays, depth)
        return self._object(obj, depth)

    def _array(self, array, arrays):
        if array.dtype.name in DTYPES and (arrays or array.size <= 256):
            return self._tensor(array)
        return {"$array": {"shape": list(array.shape), "dtype": array.dtype.name}}

    def _mapping(self, obj, arrays, depth):
        items = [(key, self.value(item, arrays, depth + 1)) for key, item in obj.items()]
        if all(isinstance(key, str) and not key.startswith("$") for key, _ in items):
            return dict(items)
        return {"$dict": [[self.value(key, False, depth + 1), item] for key, item in items]}

    def _object(self, obj, depth):
        if isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
            return {"$function": qualified(obj)}
        if isinstance(obj, np.dtype):
            return {"$dtype": obj.name}
        if isinstance(obj, bytes):
            return {"$repr": repr(obj[:80])}
        shape = getattr(obj, "shape", None)
        dtype = getattr(obj, "dtype", None)
        if shape is not None and dtype is not None:
            try:
                return {"$array": {"shape": [None if d is None else int(d) for d in shape],
                                   "dtype": str(getattr(dtype, "name", dtype))}}
            except (TypeError, ValueError):
                pass
        out = {"$object": qualified(type(obj))}
        name = getattr(obj, "name", None)
        if isinstance(name, str):
            out["name"] = name
        if hasattr(obj, "get_config"):
            try:
                out["config"] = self.value(obj.get_config(), False, depth + 1)
            except Exception as error:
                out["config"] = {"$repr": "get_config raised %s" % type(error).__name__}
        return out


def number(value):
    """A float as strict JSON."""
    if math.isfinite(value):
        return value
    return {"$float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
