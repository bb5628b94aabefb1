"""The Keras of this interpreter: tf.keras up to 2.15, Keras 3 on any backend."""
import contextlib
import os
import random

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np  # noqa: E402


def _find():
    try:
        import keras as standalone
        if standalone.__version__.startswith("3"):
            return standalone
    except ImportError:
        pass
    import tensorflow as tf
    return tf.keras


keras = _find()
KERAS3 = hasattr(keras, "ops")
L = keras.layers
BACKEND = keras.backend.backend() if KERAS3 else "tensorflow"


def to_tensor(value):
    if value is None:
        return None
    if KERAS3:
        return keras.ops.convert_to_tensor(value)
    import tensorflow as tf
    return tf.constant(value)


def to_numpy(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    if KERAS3:
        return np.asarray(keras.ops.convert_to_numpy(value))
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


_seeded = set()  # since TensorFlow forgot its kernels last


def seed(number):
    with kernels_kept(number):
        if KERAS3:
            keras.utils.set_random_seed(number)
        else:
            import tensorflow as tf
            random.seed(number)  # where layers without a seed of their own take theirs
            getattr(tf.keras.utils, "set_random_seed", tf.random.set_seed)(number)


@contextlib.contextmanager
def kernels_kept(number):
    """A seed makes TensorFlow forget all kernels, since some hold the state of a generator, and make
    them again takes far longer than to apply a layer. A kernel is that of its seed: only a seed that
    was used before needs new ones."""
    if BACKEND != "tensorflow":
        yield
        return
    from tensorflow.python.eager import context
    held = context.context()
    if number in _seeded or not getattr(held, "_context_handle", None):
        _seeded.clear()
        yield
    else:
        handle, held._context_handle = held._context_handle, None
        try:
            yield
        finally:
            held._context_handle = handle
    _seeded.add(number)


def framework_event():
    try:
        import tensorflow as tf
        version = tf.__version__
    except ImportError:
        version = None
    return {"tensorflow": version, "keras": getattr(keras, "__version__", None), "backend": BACKEND,
            "adapter": "keras3" if KERAS3 else "keras2", "eager": True, "floatx": "float32"}
