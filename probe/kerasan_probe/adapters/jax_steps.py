"""Steps of Keras 3 on its JAX backend: functions of the state of the model and a batch."""
import contextlib

import jax
import keras

from kerasan_probe.adapters import steps
from kerasan_probe.adapters.model_steps import ModelSteps, array
from kerasan_probe.interrupts import uninterrupted
from kerasan_probe.recorder import rec


def scope(model, state):
    """In it the variables of the model read as in ``state``, and what is assigned is forgotten,
    the state of random numbers too: during a loop the variables themselves hold nothing."""
    groups = [model.trainable_variables, model.non_trainable_variables]
    if len(state) == 4:
        groups.append(model.optimizer.variables)
    if len(state) > 2:
        groups.append(model.metrics_variables)
    pairs = [pair for group, values in zip(groups, state) for pair in zip(group, values)]
    return keras.StatelessScope(state_mapping=pairs, collect_losses=True)


class JaxStep(steps.Step):
    """Reads the model in the state that goes into the step, and in the one that comes out."""

    def before(self, data, iterator):
        with scope(self.model, self.function.state):
            return super().before(data, iterator)

    def after(self, result):
        with scope(self.model, self.function.state):
            super().after(result)


class JaxStepFunction(steps.StepFunction):
    step_class = JaxStep
    state = None

    def __call__(self, state, iterator):
        def original(source):
            self.state = None  # the step may take the memory of the old state
            logs, self.state = self.original(state, source)
            return logs

        self.state = state
        try:
            logs = self.run(original, iterator)
            return logs, self.state
        finally:
            self.state = None


class JaxSteps(ModelSteps):
    end_of_data = StopIteration
    function_class = JaxStepFunction

    def is_tensor(self, value):
        return isinstance(value, (jax.Array, keras.Variable))

    def numpy(self, value):
        return array(keras.ops.convert_to_numpy(value) if self.is_tensor(value) else value)

    def can_watch(self, model, _iterator):
        if keras.distribution.distribution() is not None:
            rec.uncovered("distribution strategy", "jax")
            return False
        return self.one_at_a_time(model)

    def one_element(self, _iterator, data):
        return iter([data])

    put_back = one_element

    @contextlib.contextmanager
    def undisturbed(self):
        with uninterrupted():
            yield
