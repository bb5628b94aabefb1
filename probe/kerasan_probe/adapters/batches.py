"""Batches handed over one by one in tf.keras 1.13 to 2.1: `train_on_batch` and its kin, and the
loops over generators, which call them."""
import contextlib
import functools

import numpy as np
import tensorflow as tf
from tensorflow.python.keras.engine import training_eager

from kerasan_probe.adapters import legacy, steps
from kerasan_probe.recorder import rec


class BatchSteps(legacy.LegacySteps):
    """Batches as the framework standardized them: arrays or eager tensors."""

    def can_watch(self, model, _data):
        if getattr(model, "_distribution_strategy", None) is not None:
            rec.uncovered("distribution strategy", type(model._distribution_strategy).__name__)
            return False
        return True

    def one_element(self, _iterator, _data):
        return None

    def rerun(self, model, data, phase, step):
        x = steps.plain(self, data[0])
        return super(BatchSteps, self).rerun(model, (as_tensors(x), None, None), phase, step)


def as_tensors(x):
    if isinstance(x, dict):
        return {key: as_tensors(part) for key, part in x.items()}
    if isinstance(x, list):
        return [as_tensors(part) for part in x]
    return tf.constant(x)


def as_compared(model, y):
    """Targets or weights in the types of the outputs: a loss casts them before it uses them."""
    if not isinstance(y, (list, tuple)):
        return y
    outputs = list(getattr(model, "outputs", None) or [])
    types = [out.dtype.as_numpy_dtype for out in outputs] if len(outputs) == len(y) else \
        [np.dtype(tf.keras.backend.floatx())] * len(y)
    return [part.astype(to) if getattr(part, "dtype", None) == np.float64 else part
            for part, to in zip(y, types)]


class BatchStep(steps.Step):
    """Of the values that a batch gives, the total loss is of that batch in every release."""

    logs_are = "batch"

    def after(self, result):
        told = result if self.phase == "predict" else {"loss": total(result)}
        super(BatchStep, self).after(told)


@contextlib.contextmanager
def inside_step():
    """What an observed step calls is part of it."""
    steps.local.in_step = getattr(steps.local, "in_step", 0) + 1
    try:
        yield
    finally:
        steps.local.in_step -= 1


def is_inside():
    return getattr(steps.local, "in_step", 0) > 0


class BatchFunction(object):
    def __init__(self, framework, phase):
        self.framework, self.phase = framework, phase

    def run(self, model, data, original):
        """``original()`` runs the batch ``data``; it is recorded where it is sampled."""
        if rec.is_quiet() or is_inside() or rec.current_call() is None or \
                not tf.executing_eagerly():
            return original()
        step = rec.safely("step sampling", steps.begin_step, BatchStep, self, model, None)
        sampled = step is not None and step.sampled
        if sampled:
            x, y, weights = data
            rec.safely("step", step.before,
                       (x, as_compared(model, y), as_compared(model, weights)), None)
        with inside_step():
            result = step.watched(original) if sampled else original()
        if step is not None:
            rec.safely("step count", step.count)
        if sampled:
            with rec.budget.measure(), rec.quiet():
                rec.safely("step", step.after, result)
        return result


def total(result):
    """The total loss among the results of one batch."""
    if isinstance(result, dict):
        result = result["total_loss"]
    return result[0] if isinstance(result, (list, tuple)) else result


def _observe(owner, name, function):
    original = getattr(owner, name)

    @functools.wraps(original)  # keeps the module name: autograph leaves it alone
    def run(model, x, y=None, sample_weights=None, *args, **kwargs):
        return function.run(model, (x, y, sample_weights), lambda: original(
            model, x, y, sample_weights, *args, **kwargs))

    setattr(owner, name, run)


def _observe_predict(owner, function):
    original = owner.predict_on_batch

    @functools.wraps(original)
    def predict_on_batch(model, x, *args, **kwargs):
        return function.run(model, (x, None, None), lambda: original(model, x, *args, **kwargs))

    owner.predict_on_batch = predict_on_batch


def _observe_made(owner, framework):
    """Release 2.1 compiles a function for calls that stand alone."""
    original = owner._get_or_make_on_batch_function

    @functools.wraps(original)
    def get_or_make(model, mode):
        made = original(model, mode)
        phase = str(getattr(mode, "value", mode))
        if phase == "predict":
            return made  # observed as a whole
        function = BatchFunction(framework, phase)

        @functools.wraps(made if hasattr(made, "__name__") else original)
        def run(model, x, y=None, sample_weights=None, *args, **kwargs):
            return function.run(model, (x, y, sample_weights), lambda: made(
                model, x, y, sample_weights, *args, **kwargs))

        return run

    owner._get_or_make_on_batch_function = get_or_make


def install(training_v2_utils=None):
    framework = BatchSteps()
    for phase in ("train", "test"):
        rec.safely("wrap %s_on_batch" % phase, _observe, training_eager, phase + "_on_batch",
                   BatchFunction(framework, phase))
    if hasattr(training_v2_utils, "predict_on_batch"):
        rec.safely("wrap predict_on_batch", _observe_predict, training_v2_utils,
                   BatchFunction(framework, "predict"))
    if hasattr(training_v2_utils, "_get_or_make_on_batch_function"):
        rec.safely("wrap on-batch function", _observe_made, training_v2_utils, framework)
