"""Batches that never leave the graph: after an evaluation its pipeline is run once more.

The iterator is the framework's own, made for this call. Nothing is added to the graph: the
initializer and the tensors that fed the judged run are run again. Afterwards the iterator stands
at its beginning, where a framework that goes on with it puts it too.
"""
import numpy as np
import tensorflow as tf
from tensorflow.python.keras import backend
from tensorflow.python.keras.engine import training_arrays

from kerasan_probe.adapters import pipelines, steps
from kerasan_probe.recorder import rec

ALWAYS = 2  # evaluations of each model, while they are short; later ones as the budget allows
SHORT = 64  # batches
MAX_BATCHES = 10000
_done = {}  # model -> evaluations run again


class Pending(object):
    """An evaluation in progress: what fed its batches."""

    def __init__(self, step, fed):
        self.framework, self.model, self.phase = step.framework, step.model, step.phase
        self.fed = fed
        self.mixed = False


def note(step, fed):
    """Another batch of an evaluation was fed from these tensors of the graph."""
    known = step.held.__dict__.setdefault("replays", {})
    pending = known.get(step.key)
    if pending is None:
        pending = known[step.key] = Pending(step, fed)
    elif len(fed) != len(pending.fed) or any(a is not b for a, b in zip(fed, pending.fed)):
        pending.mixed = True


def closing(held, key, loop):
    """Called before the `phase` event; adds to the count of recorded batches."""
    pending = held.__dict__.get("replays", {}).pop(key, None)
    if pending is None or not rec.recording:
        return
    with rec.budget.measure(), rec.quiet():
        try:
            loop.recorded += run(pending, held, key, loop.steps)
        except pipelines.Unrepeatable as why:
            rec.uncovered("dataset batches inside the graph", "%s: %s" % (key[0], why))


def run(pending, held, key, count):
    model = pending.model
    if pending.mixed or any(not isinstance(part, tf.Tensor) for part in pending.fed):
        raise pipelines.Unrepeatable("fed in several ways")
    if getattr(model, "stateful", False):
        raise pipelines.Unrepeatable("a stateful model")
    if key[2] and not hasattr(training_arrays, "_reinitialize_iterator"):
        # Release 1.13 goes on with the iterator in the next epoch: it must stay where it is.
        raise pipelines.Unrepeatable("validation goes on where it was")
    if count > MAX_BATCHES:
        raise pipelines.Unrepeatable("more than %d batches" % MAX_BATCHES)
    if not rec.rerun:
        raise pipelines.Unrepeatable("no second run was asked for")
    start = pipelines.initializer_of(pending.fed)
    if not rec.budget.allow(_done.get(key[0], 0) < ALWAYS and count <= SHORT):
        return 0  # part of an evaluation would verify nothing
    _done[key[0]] = _done.get(key[0], 0) + 1
    session = backend.get_session()
    session.run(start)
    done = 0
    try:
        for index in range(count):
            values = session.run(pending.fed)
            step = Replayed(pending, held, key, index, as_fed(model, values))
            done += rec.safely("replayed step", step.record) or 0
    except tf.errors.OutOfRangeError:
        raise pipelines.Unrepeatable("fewer batches than before")
    finally:
        session.run(start)
    return done


def as_fed(model, values):
    """Values in the types of the placeholders that take them; others as they are."""
    placeholders = list(model._feed_inputs) + list(getattr(model, "_feed_targets", None) or []) + \
        list(getattr(model, "_feed_sample_weights", None) or [])
    placeholders += [None] * (len(values) - len(placeholders))
    return [value if place is None or not isinstance(value, np.ndarray) else
            value.astype(place.dtype.as_numpy_dtype, copy=False)
            for value, place in zip(values, placeholders)]


def parts(model, values):
    """x, y and sample weights. What follows x and y are weights, also where no placeholder
    takes them: the program gave them."""
    x, y = len(model._feed_inputs), len(model._feed_targets)
    return values[:x], values[x:x + y] or None, values[x + y:] or None


class Replayed(steps.Step):
    """One batch of an evaluation that is over."""

    def __init__(self, pending, held, key, index, values):
        self.framework, self.model, self.held = pending.framework, pending.model, held
        self.phase, self.key, self.index, self.values = pending.phase, key, index, values
        self.name, self.validation = key[0], key[2]
        self.seen = [0, 0, 0.0]  # sampled already, with its re-run
        self.event = None

    def record(self):
        self._record(parts(self.model, self.values))
        if self.event is None:
            return 0
        self.event["weights_after"] = self.event["weights"]
        self._emit(None)
        return 1
