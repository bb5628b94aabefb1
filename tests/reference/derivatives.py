"""What the framework's automatic differentiation gives of one call, for the field `gradient` of its
event (docs/trace-events.md). TensorFlow in eager mode alone."""
import numpy as np

from reference.framework import BACKEND

WANTED = True  # a program that needs no derivatives sets it to False


def available():
    if not WANTED or BACKEND != "tensorflow":
        return False
    import tensorflow as tf
    return hasattr(tf, "executing_eagerly") and tf.executing_eagerly()


def leaves(value):
    """The tensors of floating point numbers inside."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value] if getattr(getattr(value, "dtype", None), "is_floating", False) else []


def dense(gradient):
    import tensorflow as tf
    return None if gradient is None else tf.convert_to_tensor(gradient).numpy()


class Derivative:
    """`call()` gives tensors; the derivative of their sum, each times a drawn array, by `sources`."""

    def __init__(self, call, watched, rng):
        import tensorflow as tf
        self.seeds = []
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(watched)
            self.outputs = call()
            total = 0.0
            for output in flat(self.outputs):
                seed = np.ones(output.shape) if rng is None else rng.normal(size=tuple(output.shape))
                self.seeds.append(seed.astype(output.dtype.as_numpy_dtype))
                total += tf.cast(tf.reduce_sum(output * self.seeds[-1]), "float64")
        self._tape, self._total = tape, total

    def by(self, sources):
        """A list as long as the sources; None for what is no variable or floating point tensor."""
        import tensorflow as tf
        known = [source if isinstance(source, tf.Variable) or leaves(source) else None
                 for source in (getattr(s, "_value", s) for s in sources)]
        held = self._tape.gradient(self._total, [s for s in known if s is not None])
        found = iter(held)
        return [None if s is None else dense(next(found)) for s in known]


def flat(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in flat(item)]
    return [] if value is None else [value]
