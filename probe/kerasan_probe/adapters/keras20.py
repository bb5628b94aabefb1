"""tf.keras of TensorFlow 2.0 and 2.1: loops over an execution function."""
import functools
import weakref

from tensorflow.python.keras.engine import training_v2, training_v2_utils

from kerasan_probe.adapters import legacy, loops, steps
from kerasan_probe.recorder import rec


class ExecutionFunction(steps.StepFunction):
    """As `steps.StepFunction`; a batch's logs mix batch and running values, so none are told."""

    def __call__(self, iterator):
        model = self.model()
        if model is None or rec.is_quiet() or not rec.recording:
            return self.original(iterator)
        held = steps.watch()
        if held.in_callback:
            rec.uncovered("steps inside a callback", self.phase)
            return self.original(iterator)
        step = rec.safely("step sampling", steps.Step, self, model, held, iterator)
        if step is None or not step.sampled:
            result = self.original(iterator)
            if step is not None:
                step.count()
            return result
        try:
            data = next(iterator)
        except (StopIteration, self.framework.end_of_data):
            return self.original(iterator)
        source = step.before(data, iterator)
        if source is None:  # the batch is taken already and must not be lost
            source = iter([data])
        result = self.original(source)
        step.count()
        with rec.budget.measure(), rec.quiet():
            rec.safely("step", step.after, None if self.phase != "predict" else result)
        return result


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


def install():
    legacy.install("keras2")
    rec.safely("wrap loops", observe_loops)
    loops.install(legacy.optimizer_classes())
