"""tf.keras of TensorFlow 2.0 and 2.1: loops over an execution function."""
import functools
import weakref

import tensorflow as tf
from tensorflow.python.keras.engine import training_v2, training_v2_utils

from kerasan_probe.adapters import (
    batches,
    initial,
    legacy,
    loops,
    measures,
    seeded_order,
    steps,
    tf1,
    unlisted,
)
from kerasan_probe.recorder import rec


class ExecutionFunction(steps.StepFunction):
    """Its logs mix batch and running values; the total loss is of the batch alone."""

    step_class = batches.BatchStep

    def __call__(self, iterator):
        with batches.inside_step():
            return super(ExecutionFunction, self).__call__(iterator)


def observe_loops():
    name = "_get_or_make_execution_function"
    original = getattr(training_v2_utils, name)
    framework = legacy.LegacySteps()
    made = weakref.WeakKeyDictionary()

    @functools.wraps(original)
    def get_or_make(model, mode):
        real = original(model, mode)
        return rec.safely("wrap execution function", stand_in, model, mode, real) or real

    def stand_in(model, mode, real):
        if rec.is_quiet():
            return real
        held = made.setdefault(model, {})
        if mode not in held or held[mode].original is not real:
            phase = getattr(mode, "value", mode)
            held[mode] = ExecutionFunction(framework, model, str(phase), real)
        return held[mode]

    setattr(training_v2_utils, name, get_or_make)
    assert training_v2.training_v2_utils is training_v2_utils


def install_initial():
    from tensorflow.python.keras.engine.base_layer import Layer
    initial.install(Layer)
    unlisted.captures = legacy.weight_sources
    unlisted.install()


def install():
    legacy.install("keras2")
    rec.safely("watch initial values", install_initial)
    rec.safely("wrap loops", observe_loops)
    rec.safely("wrap batches", batches.install, training_v2_utils)
    tf1.observe_fed_functions()
    loops.install(legacy.optimizer_classes())
    measures.install(tf.keras)
    seeded_order.install(tf)
