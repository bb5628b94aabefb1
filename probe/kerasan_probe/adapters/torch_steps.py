"""Steps of Keras 3 on its Torch backend: they get a list of one batch and run eagerly."""
import contextlib

import keras
import torch

from kerasan_probe.adapters.model_steps import ModelSteps, array
from kerasan_probe.interrupts import uninterrupted
from kerasan_probe.recorder import rec


class TorchSteps(ModelSteps):
    end_of_data = StopIteration

    def is_tensor(self, value):
        return isinstance(value, (torch.Tensor, keras.Variable))

    def numpy(self, value):
        """A copy: an optimizer changes the memory of a variable in place."""
        return array(keras.ops.convert_to_numpy(value) if self.is_tensor(value) else value).copy()

    def can_watch(self, model, iterator):
        if isinstance(iterator, list):
            return self.one_at_a_time(model)
        rec.uncovered("batches that are not in a list", rec.ref("model", model))
        return False

    def one_element(self, iterator, _data):
        return iterator

    put_back = one_element

    @contextlib.contextmanager
    def undisturbed(self):
        """Dropout without a seed draws from Torch's own states, one for each device."""
        state = torch.get_rng_state()
        devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
        try:
            with uninterrupted(), torch.no_grad():
                yield
        finally:
            torch.set_rng_state(state)
            if devices is not None:
                torch.cuda.set_rng_state_all(devices)
