"""Steps of a real optimizer, written as `update` events by the probe's own code."""
import numpy as np
from kerasan_probe.adapters import common_encode, common_models, optimizers

from reference.framework import KERAS3, keras, to_numpy, to_tensor


def adopt(trace):
    """The probe's code writes to the trace at hand."""
    for module in (common_encode, common_models, optimizers):
        module.rec = trace
    trace.add_encoder(common_encode.framework_object)


def variable(value, name, constraint=None):
    if KERAS3:
        held = keras.Variable(value, name=name)
        held.constraint = constraint
        return held
    import tensorflow as tf
    return tf.Variable(value, name=name, constraint=constraint)


class OptimizerCase:
    """`gradients`: for each step one array for each variable; `exempt`: names without decay."""

    rules = ("optimizer-update",)

    def __init__(self, optimizer, values, gradients, constraints=None, exempt=()):
        self.optimizer, self.gradients, self.exempt = optimizer, gradients, exempt
        held = constraints or [None] * len(values)
        self.variables = [variable(value, "v%d" % k, held[k]) for k, value in enumerate(values)]

    def describe(self):
        config = {k: v for k, v in self.optimizer.get_config().items() if v is not None and k != "name"}
        return "%s(%s) on %s, gradients of about %s" % (
            type(self.optimizer).__name__, config, [tuple(v.shape) for v in self.variables],
            [float(np.abs(step[0]).max()) for step in self.gradients if step[0].size])

    def record(self, trace, rng):
        adopt(trace)
        optimizer = self.optimizer
        if self.exempt:
            optimizer.exclude_from_weight_decay(var_names=list(self.exempt))
        if hasattr(optimizer, "build"):
            optimizer.build(self.variables)
        for step in self.gradients:
            held = optimizers.before(optimizer, self.variables)
            optimizer.apply_gradients([(to_tensor(g), v) for g, v in zip(step, self.variables)])
            optimizers.emit_update(optimizer, self.variables, held, step, True, call=None, step=None,
                                   model=None, where=None)


class ScheduleCase:
    """The rate that a schedule gives at a step, as that of an optimizer which holds it."""

    rules = ("hyperparameter-in-effect",)

    def __init__(self, schedule, step):
        self.schedule, self.step = schedule, step

    def describe(self):
        return "%s(%s) at %d" % (type(self.schedule).__name__, self.schedule.get_config(), self.step)

    def record(self, trace, rng):
        adopt(trace)
        rate = float(to_numpy(self.schedule(to_tensor(np.int64(self.step)))))
        trace.emit("update", call=None, optimizer="optimizer:1", builtin=True, config={}, vars=[],
                   iteration=self.step, iteration_after=self.step + 1, exact_grad=True, where=None,
                   hyper={"learning_rate": rate}, step=None, model=None,
                   sources={"learning_rate": optimizers.source_of(self.schedule, self.step)},
                   **{"class": "SGD"})
