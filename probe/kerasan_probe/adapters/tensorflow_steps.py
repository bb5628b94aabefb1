"""What step watching and re-runs need of TensorFlow, whatever the generation of Keras."""
import contextlib
import itertools
import types

import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import random_seed

from kerasan_probe.adapters import random_sources
from kerasan_probe.adapters.model_steps import ModelSteps, Unsupported, array
from kerasan_probe.interrupts import uninterrupted
from kerasan_probe.recorder import rec

try:
    from tensorflow.python.ops import stateful_random_ops
except ImportError:  # before 1.14, which has no generators
    stateful_random_ops = types.SimpleNamespace(global_generator=None)

OWN_SEED = 0x6b657261


class TensorFlowSteps(ModelSteps):
    """Base of the keras2 and keras3 frameworks."""

    end_of_data = tf.errors.OutOfRangeError

    def numpy(self, value):
        if hasattr(value, "numpy") and not isinstance(value, (tf.RaggedTensor, tf.SparseTensor)):
            return array(value.numpy())
        if isinstance(value, (bool, int, float)) or type(value).__module__ == "numpy":
            return array(value)
        raise Unsupported(type(value).__name__)

    def can_watch(self, model, iterator):
        if not context.executing_eagerly():
            rec.uncovered("steps inside a graph", type(model).__name__)
            return False
        strategy = model.distribute_strategy
        if strategy.num_replicas_in_sync > 1 or strategy.extended._in_multi_worker_mode():
            rec.uncovered("distribution strategy", type(strategy).__name__)
            return False
        if not self.one_at_a_time(model):
            return False
        if isinstance(iterator, (list, types.GeneratorType)):
            return True
        if not all(isinstance(spec, tf.TensorSpec) or "None" in type(spec).__name__
                   for spec in tf.nest.flatten(getattr(iterator, "element_spec", [object()]))):
            rec.uncovered("batches that are not dense tensors", rec.ref("model", model))
            return False
        return True

    def one_element(self, iterator, data):
        """An iterator over this one batch with the same specification: no new trace."""
        if isinstance(iterator, list):
            return iterator
        if isinstance(iterator, types.GeneratorType):
            return iter([data])
        with tf.device("/cpu:0"):
            dataset = tf.data.Dataset.from_tensors(data)
            options = tf.data.Options()
            try:
                options.experimental_optimization.apply_default_optimizations = False
            except AttributeError:
                pass
            # The shapes known for every batch, not those of this batch, key the traces.
            try:
                dataset._structure = iterator.element_spec
                dataset = dataset.with_options(options)
            except Exception:
                rec.fault("one element")
            return iter(dataset)

    def put_back(self, iterator, data):
        """After a fault: the batch again, by the plainest means. May cost a new trace."""
        if isinstance(iterator, list):
            return iterator
        if isinstance(iterator, types.GeneratorType):
            return iter([data])
        try:
            with tf.device("/cpu:0"):
                return iter(tf.data.Dataset.from_tensors(data))
        except Exception:
            rec.fault("put back")
            return iter([data])

    @contextlib.contextmanager
    def undisturbed(self):
        """Keeps TensorFlow's own sources of random numbers where they are, and Ctrl-C outside."""
        held, common = context.context(), stateful_random_ops.global_generator
        put_back = None if common is None else rec.safely(
            "random state", random_sources.of_tensorflow, common)
        source = getattr(held, "_rng", None)
        state = source.getstate() if source is not None else None
        try:
            with uninterrupted():
                yield
        finally:
            if state is not None and getattr(held, "_rng", None) is source:
                source.setstate(state)
            stateful_random_ops.global_generator = common
            if put_back is not None:
                rec.safely("random state", put_back)

    @contextlib.contextmanager
    def own_random_numbers(self, tap):
        """Operations keep their random state in the runtime, by their seeds: a re-run has others."""
        original, seeds = random_seed.get_seed, itertools.count(1)

        def get_seed(_seed):
            tap.drawn = True
            return OWN_SEED, next(seeds)

        random_seed.get_seed = get_seed
        try:
            yield
        finally:
            random_seed.get_seed = original
