"""What step watching and re-runs need of any framework: layers, their calls, and tensors."""
import contextlib
import functools

from kerasan_probe.adapters import rerun, steps
from kerasan_probe.recorder import Unsupported, rec


class ModelSteps(object):
    """Base of every framework; `layer_class` and `sublayers` are the generation's own."""

    function_class = steps.StepFunction

    def is_tensor(self, value):
        return hasattr(value, "numpy")

    def truth(self, value):
        return bool(self.numpy(value)) if self.is_tensor(value) else bool(value)

    def default_training(self):
        """For a layer that nobody tells whether it trains."""
        return False

    def steps_per_execution(self, _model):
        """Batches that one call of a step function takes; 0 where it varies."""
        return 1

    def one_at_a_time(self, model):
        """False, and told, where a call of a step function takes several batches."""
        if self.steps_per_execution(model) == 1:
            return True
        rec.uncovered("several steps in one execution", rec.ref("model", model))
        return False

    @contextlib.contextmanager
    def own_random_numbers(self, _tap):
        """For a framework whose random state cannot be put back: `tap.drawn` where it was used."""
        yield

    def next_batch(self, iterator):
        return iterator[0] if isinstance(iterator, list) else next(iterator)

    @contextlib.contextmanager
    def tapped(self, tap):
        original = self.layer_class.__call__

        @functools.wraps(original)  # keeps the module name: autograph leaves it alone
        def call(layer, *args, **kwargs):
            return tap.call(original, layer, args, kwargs)

        self.layer_class.__call__ = call
        try:
            yield
        finally:
            self.layer_class.__call__ = original

    def all_layers(self, model):
        seen, out, queue = set(), [], [model]
        while queue:
            layer = queue.pop()
            if id(layer) not in seen:
                seen.add(id(layer))
                out.append(layer)
                queue.extend(self.sublayers(layer))
        return out

    def rerun(self, model, data, phase, step):
        return rerun.run(self, model, data, phase, step)


def array(value):
    import numpy as np
    out = np.asarray(value)
    if out.dtype.kind in "OSU":
        raise Unsupported("dtype " + str(out.dtype))
    return out
