"""Keras 3 on its TensorFlow, JAX and Torch backends."""
import importlib
import sys

import keras

from kerasan_probe.adapters import (
    arithmetic,
    common_encode,
    common_models,
    constructed,
    hooks,
    measures,
    saves,
)
from kerasan_probe.adapters.common_models import replace_everywhere
from kerasan_probe.adapters.keras3_models import Keras3Models
from kerasan_probe.recorder import rec

STEPS = {"tensorflow": ("tensorflow_steps", "TensorFlowSteps"),
         "jax": ("jax_steps", "JaxSteps"), "torch": ("torch_steps", "TorchSteps")}


def compiled(model):
    """The COMPILE part of a snapshot."""
    if not getattr(model, "compiled", False):
        return None
    losses, metrics = model._compile_loss, model._compile_metrics
    out = {"loss": rec.value(model.loss), "loss_names": [], "metrics": [],
           "loss_weights": rec.value(getattr(losses, "_user_loss_weights", None)),
           "given_metrics": rec.value(getattr(metrics, "_user_metrics", None)),
           "weighted_metrics": rec.value(getattr(metrics, "_user_weighted_metrics", None)),
           "optimizer": rec.value(model.optimizer), "run_eagerly": bool(model.run_eagerly),
           "optimizer_class": type(model.optimizer).__name__,
           "metrics_names": rec.value(model.metrics_names)}
    for item in common_models.flatten(getattr(losses, "_flat_losses", None)):
        out["loss_names"].append(getattr(getattr(item, "loss", item), "name", None))
    if getattr(metrics, "built", False):
        for attr, weighted in (("_flat_metrics", False), ("_flat_weighted_metrics", True)):
            for index, group in enumerate(getattr(metrics, attr, None) or []):
                output = getattr(group, "output_name", None) or index
                for metric in getattr(group, "metrics", None) or []:
                    out["metrics"].append(common_models.metric_of(metric, output, weighted))
    return out


def framework(backend):
    """Step watching for this backend, whose module is imported only there."""
    module, base = STEPS[backend]
    base = getattr(importlib.import_module("kerasan_probe.adapters." + module), base)
    return type("Keras3", (Keras3Models, base), {})()


def install():
    backend = keras.backend.backend()
    tensorflow = sys.modules.get("tensorflow")
    rec.add_encoder(common_encode.framework_object)
    rec.emit("framework", tensorflow=getattr(tensorflow, "__version__", None),
             keras=keras.__version__, backend=backend, adapter="keras3", eager=True,
             backend_version=getattr(sys.modules.get(backend), "__version__", None),
             floatx=keras.backend.floatx())
    arithmetic.install(getattr(arithmetic, "of_" + backend, lambda: ([], arithmetic.alike(None))))
    if backend in STEPS:
        hooks.observe_steps(framework(backend), keras.Model)
    else:
        rec.uncovered("steps of this backend", backend)
    if backend == "tensorflow":
        importlib.import_module("kerasan_probe.adapters.graphs").install(keras)
        func_graph = importlib.import_module("tensorflow.python.framework.func_graph")
        hooks.Resources(func_graph.FuncGraph).install()
    else:
        hooks.Resources().install()
    importlib.import_module("kerasan_probe.adapters.initial").install(keras.layers.Layer)
    if backend != "torch":  # which runs every batch from Python
        importlib.import_module("kerasan_probe.adapters.layer_calls").install(keras.layers)
    if backend == "tensorflow":
        rec.safely("wrap direct calls", importlib.import_module(
            "kerasan_probe.adapters.direct_calls").install, framework(backend),
            keras.layers.Layer)
        rec.safely("wrap graph runs", importlib.import_module(
            "kerasan_probe.adapters.small_graphs").install)
    hooks.observe_model_calls(keras.Model, compiled)
    hooks.observe_callbacks(keras.callbacks.CallbackList)
    for name, (old, new) in hooks.observe_loading(keras.models, compiled).items():
        replace_everywhere(name, old, new)
    functional = importlib.import_module("keras.src.models.functional").Functional
    saves.install(keras.layers.Layer, [keras.Sequential, functional, keras.Model], compiled)
    classes = [value for value in vars(keras.optimizers).values()
               if isinstance(value, type) and hasattr(value, "apply_gradients")]
    hooks.observe_optimizers(classes)
    measures.install(keras)
    rec.safely("wrap constructors", constructed.install, keras)
    if backend == "tensorflow":
        importlib.import_module("kerasan_probe.adapters.loops").install(classes)
    else:
        rec.uncovered("training loops of the program", backend)
