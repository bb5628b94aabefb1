"""Tensors of any framework as NumPy arrays, where they can be had without work of its own."""
import numpy as np

MAX_ELEMENTS = 1 << 22  # of one array; larger ones are not recorded


class NotEager(Exception):
    """The values are not there: a graph is being made."""


def array_of(value):
    """A NumPy array of what the program handed over."""
    if value is None:
        return None
    if hasattr(value, "detach"):  # Torch
        value = value.detach().cpu()
    if hasattr(value, "numpy"):
        try:
            value = value.numpy()
        except (AttributeError, NotImplementedError):
            raise NotEager()
    elif hasattr(value, "graph") or hasattr(value, "op") or type(value).__name__ == "KerasTensor":
        raise NotEager()
    elif hasattr(value, "values") and hasattr(value, "dense_shape"):
        raise ValueError("a sparse tensor")
    try:
        array = np.asarray(value)
    except TypeError:  # JAX traces
        raise NotEager()
    if array.dtype.name not in ("bool", "bfloat16") and array.dtype.kind not in "fiu":
        raise ValueError("not numbers")
    if array.size > MAX_ELEMENTS:
        raise ValueError("a large array")
    return array
