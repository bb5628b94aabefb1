"""tf.keras 2.2 to 2.15, in the `tensorflow` or the `keras` package."""
import importlib
import sys

import tensorflow as tf
from tensorflow.python.framework.func_graph import FuncGraph

from kerasan_probe.adapters import (
    activation_calls,
    arithmetic,
    common_encode,
    common_models,
    constructed,
    direct_calls,
    graphs,
    hooks,
    initial,
    layer_calls,
    loops,
    measures,
    output_ops,
    saves,
    seeded_order,
    shapes,
    small_graphs,
    unlisted,
)
from kerasan_probe.adapters.common_models import replace_everywhere
from kerasan_probe.adapters.tensorflow_steps import TensorFlowSteps
from kerasan_probe.recorder import rec


def keras_module():
    return sys.modules.get("keras") if not hasattr(tf, "keras") else tf.keras


def internal(name):
    """A module of the implementation, wherever this release keeps it."""
    suffix = "engine.training"
    base = keras_module().Model.__module__
    return importlib.import_module(base[:-len(suffix)] + name)


class Keras2(TensorFlowSteps):
    def __init__(self, keras):
        self.keras = keras
        self.layer_class = keras.layers.Layer
        self.adapter = internal("engine.data_adapter")

    def unpack(self, data):
        return self.adapter.unpack_x_y_sample_weight(data)

    def steps_per_execution(self, model):
        held = getattr(model, "_steps_per_execution", None)
        if getattr(model, "autotune_steps_per_execution", False):
            return 0
        return 1 if held is None else int(held.numpy())

    def sublayers(self, layer):
        if hasattr(layer, "_flatten_layers"):
            return list(layer._flatten_layers(include_self=False, recursive=False))
        out = []
        for inner in getattr(layer, "_layers", None) or []:
            inside = [inner] if isinstance(inner, self.layer_class) else \
                getattr(inner, "layers", [])  # lists and dicts of layers are tracked as one
            out.extend(held for held in inside if isinstance(held, self.layer_class))
        return out

    def all_variables(self, model):
        out = {id(v): v for layer in self.all_layers(model)
               for value in vars(layer).values() for v in _variables(value, 0)}
        out.update({id(v): v for v in model.weights})
        return list(out.values())

    def call(self, model, x, training):
        return model(x, training=training)

    def default_training(self):
        """For a layer that is told nothing."""
        return self.truth(self.keras.backend.learning_phase())


def _variables(value, depth):
    """Variables held by an attribute, also by the states of a layer or a generator."""
    if isinstance(value, tf.Variable):
        return [value]
    if isinstance(value, (list, tuple)) and depth < 3:
        return [v for item in value for v in _variables(item, depth + 1)]
    if isinstance(value, dict) and depth < 3:
        return [v for item in value.values() for v in _variables(item, depth + 1)]
    generator = getattr(value, "_generator", value)
    if isinstance(generator, tf.random.Generator):
        return [generator.state]
    return []


def compiled(model):
    """The COMPILE part of a snapshot."""
    losses = getattr(model, "compiled_loss", None)
    metrics = getattr(model, "compiled_metrics", None)
    if losses is None or not getattr(model, "_is_compiled", False):
        return None
    given = getattr(metrics, "_user_metrics", None)
    out = {"loss": rec.value(model.loss), "loss_weights": rec.value(
        getattr(losses, "_user_loss_weights", None)), "metrics": [], "loss_names": [],
           "given_metrics": rec.value(given), "weighted_metrics": rec.value(
               getattr(metrics, "_user_weighted_metrics", None)),
           "optimizer": rec.value(model.optimizer), "run_eagerly": bool(model.run_eagerly),
           "optimizer_class": type(model.optimizer).__name__,
           "metrics_names": rec.value(model.metrics_names)}
    if getattr(losses, "_built", False):
        out["loss_names"] = [getattr(loss, "name", None) for loss in
                             common_models.flatten(losses._losses)]
    if getattr(metrics, "_built", False):
        for attr, weighted in (("_metrics", False), ("_weighted_metrics", True)):
            out["metrics"] += _per_output(getattr(metrics, attr), weighted,
                                          getattr(metrics, "_output_names", None))
    return out


def _per_output(nested, weighted, names):
    out = []
    for index, group in enumerate(nested or []):
        name = names[index] if names and index < len(names) else index
        for metric in common_models.flatten(group):
            out.append(common_models.metric_of(metric, name, weighted))
    return out


def version(keras):
    held = getattr(keras, "__version__", None) or getattr(sys.modules.get("keras"), "__version__", "")
    return str(held).replace("-tf", "")


def symbolic_graph():
    """Where releases before Keras tensors put the operations of functional models."""
    held = getattr(internal("backend"), "_GRAPH", None)
    return getattr(held, "graph", held)


def graph_size():
    return getattr(symbolic_graph(), "version", None)


def install():
    keras = keras_module()
    rec.add_encoder(common_encode.framework_object)
    rec.emit("framework", tensorflow=tf.__version__, keras=version(keras), backend="tensorflow",
             adapter="keras2", eager=bool(tf.executing_eagerly()), floatx=keras.backend.floatx())
    arithmetic.install(arithmetic.of_tensorflow)
    framework = Keras2(keras)
    hooks.Resources(FuncGraph).install()
    rec.graph_size = graph_size
    initial.install(keras.layers.Layer)
    unlisted.install()
    layer_calls.install(keras.layers)
    rec.safely("wrap direct calls", direct_calls.install, framework, keras.layers.Layer)
    model_class = keras.Model
    hooks.observe_steps(framework, model_class)
    graphs.install(keras, symbolic_graph)
    hooks.observe_model_calls(model_class, compiled)
    sequential = keras.Sequential
    for name in ("predict", "evaluate", "fit", "compile", "save", "summary"):
        if name in vars(sequential):
            rec.uncovered("method of Sequential", name)
    hooks.observe_callbacks(keras.callbacks.CallbackList if hasattr(
        keras.callbacks, "CallbackList") else internal("callbacks").CallbackList)
    for name, (old, new) in hooks.observe_loading(keras.models, compiled).items():
        replace_everywhere(name, old, new)
    saves.install(keras.layers.Layer, model_classes(keras), compiled)
    hooks.observe_optimizers(optimizer_classes(keras))
    loops.install(optimizer_classes(keras))
    measures.install(keras)
    shapes.install(keras, tf)
    rec.safely("wrap graph runs", small_graphs.install)
    rec.safely("wrap activations", activation_calls.install, keras)
    rec.safely("wrap constructors", constructed.install, keras, tf.executing_eagerly())
    output_ops.install(keras.layers.Layer)
    seeded_order.install(tf)


def model_classes(keras):
    """Every class of models that may have methods of its own."""
    found = [keras.Sequential] + list(keras.Model.__mro__)
    try:  # a class of its own from 2.3 on
        found.append(internal("engine.functional").Functional)
    except ImportError:
        pass
    return [cls for cls in found if issubclass(cls, keras.layers.Layer)]


def optimizer_classes(keras):
    found = []
    for module in (keras.optimizers, getattr(keras.optimizers, "legacy", None)):
        for value in vars(module).values() if module is not None else ():
            if isinstance(value, type) and hasattr(value, "apply_gradients"):
                found.append(value)
    return found
