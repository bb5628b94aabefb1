"""Initializers, regularizers and constraints of real variables, as the probe tells them."""
import numpy as np
from kerasan_probe.adapters import initial

from reference.framework import keras, to_numpy, to_tensor
from reference.updates import OptimizerCase, adopt


class InitializerCase:
    """A layer makes one variable, and another of the same initializer."""

    rules = ("initializer-distribution",)

    def __init__(self, initializer, shape, dtype="float32"):
        self.initializer, self.shape, self.dtype = initializer, shape, dtype

    def describe(self):
        return "%s(%s) of shape %s, %s" % (type(self.initializer).__name__,
                                          self.initializer.get_config(), self.shape, self.dtype)

    def record(self, trace, rng):
        adopt(trace)
        initial.rec = trace
        initial._seen[:] = [0, 0]
        layer = keras.layers.Layer(name="made")
        for name in ("first", "second"):
            made = layer.add_weight(name=name, shape=self.shape, dtype=self.dtype,
                                    initializer=self.initializer)
            initial.note(layer, self.initializer, made)


class RegularizerCase:
    """The penalty of one weight among the losses of a model."""

    rules = ("regularization-loss",)

    def __init__(self, regularizer, value):
        self.regularizer, self.value = regularizer, value

    def describe(self):
        return "%s(%s) on %s" % (type(self.regularizer).__name__, self.regularizer.get_config(),
                                 self.value.shape)

    def record(self, trace, rng):
        adopt(trace)
        serialized = keras.regularizers.serialize(self.regularizer)
        weight = {"id": "variable:1", "name": "dense/kernel", "trainable": True}
        trace.emit("model", id="model:1", when="call", name="m", compile=None, layers=[
            {"id": "layer:1", "name": "dense", "builtin": True, "trainable": True,
             "config": trace.value({"kernel_regularizer": serialized}), "weights": [weight]}],
            **{"class": "Sequential"})
        loss = to_numpy(self.regularizer(to_tensor(self.value)))
        trace.emit("step", id=1, call=None, model="model:1", phase="train", index=0,
                   weights={"variable:1": trace.tensor(self.value)},
                   losses=[trace.tensor(np.asarray(loss))])


class ConstraintCase(OptimizerCase):
    """A constrained variable after steps of gradient descent, plain or with momentum."""

    rules = ("constraint-kept", "optimizer-update")

    def __init__(self, constraint, value, gradients, momentum=0.0):
        super().__init__(keras.optimizers.SGD(1.0, momentum=momentum), [value],
                         [[g] for g in gradients], [constraint])
        self.constraint = constraint

    def describe(self):
        held = getattr(self.constraint, "get_config", dict)()
        return "%s(%s) on %s" % (type(self.constraint).__name__, held,
                                 [tuple(v.shape) for v in self.variables])
