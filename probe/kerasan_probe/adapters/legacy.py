"""What tf.keras 1.13 to 2.1 have in common: losses and metrics, batches, symbolic calls."""
import gc
import sys

import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import ops
from tensorflow.python.keras import backend
from tensorflow.python.keras.engine import training

from kerasan_probe.adapters import (
    activation_calls,
    arithmetic,
    common_encode,
    common_models,
    direct_calls,
    graphs,
    hooks,
    layer_calls,
    output_ops,
    saves,
    shapes,
    small_graphs,
)
from kerasan_probe.adapters.common_models import replace_everywhere
from kerasan_probe.adapters.tensorflow_steps import TensorFlowSteps
from kerasan_probe.recorder import rec

MODEL = training.Model


class LegacySteps(TensorFlowSteps):
    """Batches of the loops before `train_step`."""

    layer_class = tf.keras.layers.Layer

    def unpack(self, data):
        if not isinstance(data, (list, tuple)):
            return data, None, None
        return (tuple(data) + (None, None))[:3]

    def can_watch(self, model, iterator):
        strategy = getattr(model, "_distribution_strategy", None)
        if strategy is not None and strategy.num_replicas_in_sync > 1:
            rec.uncovered("distribution strategy", type(strategy).__name__)
            return False
        spec = specification(iterator)
        if spec is None or any(type(s).__name__ != "TensorSpec" for s in tf.nest.flatten(spec)):
            rec.uncovered("batches that are not dense tensors", rec.ref("model", model))
            return False
        return True

    def one_element(self, iterator, data):
        """An iterator over this one batch with the specification of all: no new trace."""
        with tf.device("/cpu:0"):
            dataset = tf.data.Dataset.from_tensors(data)
            dataset._structure = specification(iterator)
            options = tf.data.Options()
            options.experimental_optimization.apply_default_optimizations = False
            return iter(dataset.with_options(options))

    def sublayers(self, layer):
        out = []
        for inner in getattr(layer, "_layers", None) or []:
            inside = [inner] if isinstance(inner, tf.keras.layers.Layer) else \
                getattr(inner, "layers", [])  # lists and dicts of layers are tracked as one
            out.extend(held for held in inside if isinstance(held, tf.keras.layers.Layer))
        return out

    def all_variables(self, model):
        found = {id(v): v for layer in self.all_layers(model)
                 for value in vars(layer).values()
                 for v in (value if isinstance(value, (list, tuple)) else [value])
                 if isinstance(v, tf.Variable)}
        found.update({id(v): v for v in model.weights})
        return list(found.values())

    def call(self, model, x, training):
        # Batches hold a tuple of inputs; a model with one input is called with that one.
        if isinstance(x, (list, tuple)) and len(x) == 1:
            x = x[0]
        if getattr(model, "_expects_training_arg", True):
            return model(x, training=training)
        with backend.learning_phase_scope(int(training)):
            return model(x)

    def default_training(self):
        return self.truth(backend.learning_phase())


def specification(iterator):
    return getattr(iterator, "element_spec", getattr(iterator, "_element_spec", None))


def compiled(model):
    """The COMPILE part of a snapshot."""
    if not getattr(model, "_is_compiled", False) and getattr(model, "optimizer", None) is None:
        return None
    out = {"loss": rec.value(model.loss), "metrics": [], "optimizer": rec.value(model.optimizer),
           "loss_names": [getattr(loss, "name", None)
                          for loss in getattr(model, "loss_functions", None) or []],
           "loss_weights": rec.value(getattr(model, "loss_weights", None)),
           "given_metrics": rec.value(getattr(model, "_compile_metrics", None)),
           "weighted_metrics": rec.value(getattr(model, "_compile_weighted_metrics", None)),
           "run_eagerly": bool(getattr(model, "run_eagerly", False)),
           "optimizer_class": type(model.optimizer).__name__,
           "metrics_names": rec.value(list(getattr(model, "metrics_names", []) or []))}
    names = getattr(model, "output_names", None) or []
    for attr, weighted in (("_per_output_metrics", False), ("_per_output_weighted_metrics", True)):
        for index, group in enumerate(getattr(model, attr, None) or []):
            for name, metric in (group or {}).items():
                metric = metric[1] if isinstance(metric, tuple) else metric
                output = names[index] if index < len(names) else index
                held = common_models.metric_of(metric, output, weighted)
                out["metrics"].append(dict(held, name=name))
    return out


class SymbolicWatch(graphs.GraphWatch):
    """As `graphs.GraphWatch`, where symbolic calls go to Keras' own graph."""

    def _before(self, layer):
        graph = tf.compat.v1.get_default_graph()
        if tf.executing_eagerly():
            graph = getattr(backend, "_GRAPH", None)
        if graph is None or not self._wanted(layer, id(graph)):
            return None
        return graph, graph._last_id if hasattr(graph, "_last_id") else None

    def _after(self, layer, graph, last):
        with rec.budget.measure(), rec.quiet():
            added = {op for op in graph.get_operations() if op._id > last}
            if not added:
                return
            sources, others = weight_sources(graph), graphs.strangers(layer)
            uses = []
            for inner, times in graphs.leaves(layer, 1):
                for weight in inner.weights:
                    handle = getattr(weight, "handle", getattr(weight, "_variable", None))
                    source = sources.get(id(handle), handle)
                    if source is None or getattr(source, "graph", None) is not graph:
                        continue
                    found = readers(source, added)
                    uses.append(graphs.use(inner, weight, graphs.counted(times, found, others),
                                           found))
            graphs.tell(layer, graph, added, uses)


def readers(source, added):
    """Operations that use a weight's value; those that initialize it do not."""
    return [item for item in graphs.consumers(source, added)
            if "Initialized" not in item["op"] and not item["op"].startswith("Assign")]


def weight_sources(graph):
    """{id of an eager handle: its placeholder}; empty for a graph that holds its variables."""
    held = getattr(graph, "captures", None)
    if held is None:
        return {}
    pairs = held.items() if hasattr(held, "items") else held
    return {id(outer): inner for outer, inner in pairs}


class FunctionCount(object):
    """Counts live graph functions through the collector, as the other adapters do."""

    @staticmethod
    def install():
        try:
            from tensorflow.python.framework.func_graph import FuncGraph
        except ImportError:
            FuncGraph = None
        held = hooks.Resources(FuncGraph)
        held.install()

        def objects():  # cycles that wait for the collector are no leak
            if rec.budget.allow():
                gc.collect()
            return held.objects()

        rec.counters["objects"] = objects


def observe_loading():
    from tensorflow.python.keras import models
    for name, (old, new) in hooks.observe_loading(models, compiled).items():
        replace_everywhere(name, old, new)
        for module in list(sys.modules.values()):  # modules behind deprecation wrappers
            inner = getattr(type(module), "__name__", "") == "TFModuleWrapper" and \
                object.__getattribute__(module, "_tfmw_wrapped_module")
            if inner and vars(inner).get(name) is old:
                setattr(inner, name, new)
        public = tf.keras.models
        if getattr(public, name, None) is old:
            setattr(public, name, new)


def observe_generator_call(name):
    before, after = hooks._running("Model." + name, compiled, False)
    hooks._wrap(MODEL, name + "_generator", "Model.%s_generator" % name, before=before,
                after=after, self_ref="model")


def graph_size():
    """Operations of the session's graph, or of the one that symbolic tensors are in."""
    graph = getattr(backend, "_GRAPH", None) if tf.executing_eagerly() else ops.get_default_graph()
    return getattr(graph, "version", None)


def optimizer_classes():
    public = tf.keras.optimizers  # a module, or a wrapper around one that has no dict
    return [value for value in (getattr(public, name, None) for name in dir(public))
            if isinstance(value, type) and hasattr(value, "apply_gradients")]


def session():
    """The session at hand; none is made or made ready before the program does it itself."""
    if tf.executing_eagerly():
        return None
    held = ops.get_default_session() or getattr(backend._SESSION, "session", None)
    return held if held is not None and held.graph is ops.get_default_graph() else None


def optimizer_reference(obj):
    """The configuration of an old optimizer is read by a session, which adds to the graph."""
    if any(cls.__name__ == "Optimizer" for cls in type(obj).__mro__) and hasattr(obj, "get_updates"):
        return {"$ref": rec.ref("optimizer", obj)}
    return NotImplemented


def starts_eagerly():
    # tf.executing_eagerly() makes the context; TensorFlow 1.13 switches to eager mode only before that.
    return context.default_execution_mode == context.EAGER_MODE


def install(adapter):
    """All but steps and updates."""
    rec.add_encoder(common_encode.framework_object)
    rec.add_encoder(optimizer_reference)
    rec.emit("framework", tensorflow=tf.__version__, keras=str(tf.keras.__version__),
             backend="tensorflow", adapter=adapter, eager=starts_eagerly(),
             floatx=tf.keras.backend.floatx())
    arithmetic.install(arithmetic.of_session(session))
    rec.safely("counters", FunctionCount.install)
    rec.graph_size = graph_size
    watch = SymbolicWatch()
    for owner in (tf.keras.layers.TimeDistributed, tf.keras.layers.Bidirectional):
        rec.safely("wrap graphs", watch.observe, owner)
    rec.safely("wrap layer calls", layer_calls.install, tf.keras.layers, MODEL)
    rec.safely("wrap direct calls", direct_calls.install, LegacySteps(), tf.keras.layers.Layer)
    hooks.observe_model_calls(MODEL, compiled)
    for name in ("fit", "evaluate", "predict"):
        rec.safely("wrap %s_generator" % name, observe_generator_call, name)
    from tensorflow.python.keras import callbacks
    hooks.observe_callbacks(callbacks.CallbackList)
    rec.safely("wrap loading", observe_loading)
    saves.session, saves.eager = session, tf.executing_eagerly
    rec.safely("wrap saves", saves.install, tf.keras.layers.Layer,
               [tf.keras.Sequential] + [cls for cls in MODEL.__mro__
                                        if issubclass(cls, tf.keras.layers.Layer)], compiled)
    hooks.observe_optimizers(optimizer_classes())
    rec.safely("wrap reset", hooks.observe_reset, MODEL)
    rec.safely("wrap shapes", shapes.install, tf.keras, tf)
    rec.safely("wrap graph runs", small_graphs.install)
    rec.safely("wrap activations", activation_calls.install, tf.keras)
    output_ops.install(tf.keras.layers.Layer)
