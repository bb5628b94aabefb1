"""tf.keras of TensorFlow 1.13 to 1.15: sessions, and eager execution where it was enabled."""
import functools
import weakref

import numpy as np
import tensorflow as tf
from tensorflow.python.keras import backend

from kerasan_probe.adapters import (
    batches,
    common_models,
    legacy,
    loops,
    loss_pairs,
    measures,
    replay,
    session_layers,
    settings,
    steps,
    unlisted,
)
from kerasan_probe.adapters.common_models import flatten
from kerasan_probe.recorder import rec

_functions = weakref.WeakKeyDictionary()  # function of the backend -> (model, phase)


class FedSteps(legacy.LegacySteps):
    """Batches that are fed to a function of the backend."""

    @property
    def reads_optimizer(self):
        return tf.executing_eagerly()

    def numpy(self, value):
        if isinstance(value, tf.Variable) and not tf.executing_eagerly():
            return np.asarray(backend.get_session().run(value))
        return super(FedSteps, self).numpy(value)

    def can_watch(self, model, fed):
        return not inside_graph(fed)

    def one_element(self, fed, _data):
        return fed

    def rerun(self, model, data, phase, step):
        if tf.executing_eagerly():
            x = data[0]
            x = [tf.constant(part) for part in x] if isinstance(x, (list, tuple)) else x
            held = x[0] if isinstance(x, list) and len(x) == 1 else x
            return super(FedSteps, self).rerun(model, (held, None, None), phase, step)
        return fetch(model, data, phase, step)


def inside_graph(fed):
    return any(isinstance(v, tf.Tensor) and not hasattr(v, "numpy") for v in fed)


def parts(model, fed):
    """x, y and sample weights among the values that are fed, in the order of the function."""
    sizes = [len(model._feed_inputs), len(getattr(model, "_feed_targets", None) or []),
             len(getattr(model, "_feed_sample_weights", None) or [])]
    out, at = [], 0
    for size in sizes:
        out.append(list(fed[at:at + size]) or None)
        at += size
    return tuple(out)


def fetch(model, data, phase, step):
    """The model's own outputs from the session; nothing is added to the graph."""
    if phase == "train" or draws_random_numbers(model.outputs):
        # An extra run of a random operation would move its state.
        if draws_random_numbers(model.outputs, conditional=True) or model.updates:
            rec.uncovered("re-run needs random numbers", "%s %s" % (rec.ref("model", model), phase))
            return None
    feed = {}
    for tensor, value in zip(model._feed_inputs, data[0]):
        feed[tensor] = value
    # Asking for the learning phase would create it where there is none.
    learning = backend._GRAPH_LEARNING_PHASES.get(model.outputs[0].graph)
    if isinstance(learning, tf.Tensor):
        feed[learning] = phase == "train"
    tensors = list(model.outputs)
    values = backend.get_session().run(tensors, feed)
    rec.safely("layers in a session", session_layers.tell, backend.get_session(), model, feed,
               phase, step)
    values = values[0] if len(values) == 1 else values
    return rec.value(values, arrays=True), None


def draws_random_numbers(outputs, conditional=False):
    """True when a stateful random operation feeds the outputs outside of a condition."""
    seen, queue = set(), [tensor.op for tensor in outputs]
    while queue:
        op = queue.pop()
        if op in seen:
            continue
        seen.add(op)
        if op._is_stateful if hasattr(op, "_is_stateful") else op.op_def.is_stateful:
            inside = op._get_control_flow_context() is not None
            if ("Random" in op.type or "Multinomial" in op.type) and (conditional or not inside):
                return True
        queue.extend(tensor.op for tensor in op.inputs)
        queue.extend(op.control_inputs)
    return False


class FedFunction(steps.StepFunction):
    """One run of a function of the backend, with the batch that is fed to it."""

    step_class = batches.BatchStep

    def __call__(self, fed):
        values = flatten(fed) if isinstance(fed, (list, tuple)) else [fed]
        step = rec.safely("step sampling", steps.begin_step, self.step_class, self, self.model(),
                          values)
        if step is None or not step.sampled:
            result = self.original(fed)
            if step is not None:
                rec.safely("step count", step.count)
                rec.safely("batch inside the graph", self.note, step, values)
            return result
        with rec.budget.measure(), rec.quiet():
            rec.safely("step", self.before, step, values)
        result = self.original(fed)
        rec.safely("step count", step.count)
        with rec.budget.measure(), rec.quiet():
            rec.safely("step", step.after, result)
        return result

    @staticmethod
    def before(step, fed):
        step.before(parts(step.model, replay.as_fed(step.model, fed)), fed)

    @staticmethod
    def note(step, fed):
        if not inside_graph(fed):
            return
        if step.phase == "test":
            replay.note(step, fed)
        else:
            rec.uncovered("dataset batches inside the graph", "%s in %s" % (step.name, step.phase))


MAKERS = {"train": "train", "test": "test", "predict": "predict", "_fit": "train",
          "_eval": "test"}  # release 1.13 has functions of their own for whole loops


def observe_functions(framework):
    for name, phase in MAKERS.items():
        if hasattr(legacy.MODEL, "_make_%s_function" % name.strip("_")):
            _observe_maker(name, phase)
    for name in ("GraphExecutionFunction", "EagerExecutionFunction", "Function"):
        owner = getattr(backend, name, None)
        if isinstance(owner, type):
            _observe_run(framework, owner)


def keep_epochs():
    """In release 1.13 an inner evaluation begins an epoch 0 of its own."""
    from tensorflow.python.keras import callbacks
    original = callbacks.CallbackList.on_epoch_begin

    @functools.wraps(original)
    def on_epoch_begin(self, epoch, *args, **kwargs):
        held = steps.local.watch
        epoch_before = None if held is None else held.epoch
        result = original(self, epoch, *args, **kwargs)
        if held is not None and str(kwargs.get("mode", "train")) != "train":
            held.epoch = epoch_before
        return result

    callbacks.CallbackList.on_epoch_begin = on_epoch_begin
    ended = callbacks.CallbackList.on_epoch_end

    @functools.wraps(ended)
    def on_epoch_end(self, *args, **kwargs):
        rec.safely("validation phase", steps.close_named, "test")
        return ended(self, *args, **kwargs)

    callbacks.CallbackList.on_epoch_end = on_epoch_end


def _observe_maker(name, phase):
    maker = "_make_%s_function" % name.strip("_")
    original = getattr(legacy.MODEL, maker)

    @functools.wraps(original)
    def make(self, *args, **kwargs):
        result = original(self, *args, **kwargs)
        rec.safely("wrap " + maker, note, self)
        return result

    def note(model):
        made = getattr(model, name + "_function", None)
        if made is not None:
            _functions[made] = (weakref.ref(model), phase)

    setattr(legacy.MODEL, maker, make)


def _observe_run(framework, owner):
    original = owner.__call__

    @functools.wraps(original)
    def call(self, inputs):
        known = _functions.get(self)
        model = known[0]() if known is not None else None
        if model is None or rec.is_quiet() or not rec.recording:
            return original(self, inputs)
        function = rec.safely("step function", FedFunction, framework, model, known[1],
                              functools.partial(original, self))
        return original(self, inputs) if function is None else function(inputs)

    owner.__call__ = call


def observe_fed_functions():
    rec.safely("wrap functions", observe_functions, FedSteps())
    steps.closing.append(replay.closing)


def observe_eager_loops():
    """Release 1.15 has the loops of 2.0 where eager execution was enabled."""
    try:
        from tensorflow.python.keras.engine import training_v2_utils
    except ImportError:
        training_v2_utils = None
    batches.install(training_v2_utils)
    if hasattr(training_v2_utils, "_get_or_make_execution_function"):
        from kerasan_probe.adapters import keras20
        keras20.observe_loops()


def read_variable(value, otherwise=settings.read):
    """A variable of the session's graph; eager ones as elsewhere."""
    if tf.executing_eagerly():
        return otherwise(value)
    return rec.tensor(np.asarray(backend.get_session().run(value)))


def read_held(variable):
    """A variable as it is now; None where no session has made it ready."""
    if tf.executing_eagerly():
        return settings.read(variable)
    session = legacy.session()
    try:
        return None if session is None else rec.tensor(np.asarray(session.run(variable)))
    except tf.errors.FailedPreconditionError:
        return None


def observe_weights():
    unlisted.captures, unlisted.read = legacy.weight_sources, read_held
    common_models.unlisted = unlisted.of
    unlisted.observe(tf.keras.layers.Layer)


def install():
    settings.read = read_variable
    legacy.install("tf1")
    observe_fed_functions()
    rec.safely("wrap loops", observe_eager_loops)
    rec.safely("keep epochs", keep_epochs)
    rec.safely("watch weights", observe_weights)
    for what in ("updates of a compiled fit", "arguments of constructors", "initial values"):
        rec.uncovered(what, "of this release")
    loops.install(legacy.optimizer_classes())
    # Not metrics: a session resets them without an operation of its own.
    if hasattr(tf.keras.losses, "Loss"):  # not in release 1.13
        rec.safely("wrap Loss", measures.observe_losses, tf.keras.losses.Loss)
        loss_pairs.install(tf.keras.losses)
