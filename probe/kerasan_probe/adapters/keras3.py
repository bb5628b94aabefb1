"""Keras 3; steps and re-runs on its TensorFlow backend, calls and models on every backend."""
import importlib
import sys

import keras

from kerasan_probe.adapters import common_encode, common_models, hooks
from kerasan_probe.adapters.common_models import replace_everywhere
from kerasan_probe.recorder import rec


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


def tensorflow_framework():
    """Step watching for the TensorFlow backend; imported only there."""
    from kerasan_probe.adapters.tensorflow_steps import TensorFlowSteps
    global_state = importlib.import_module("keras.src.backend.common.global_state")
    adapter = importlib.import_module("keras.src.trainers.data_adapters.data_adapter_utils")
    autocast = importlib.import_module("keras.src.backend").AutocastScope

    class Keras3(TensorFlowSteps):
        layer_class = keras.layers.Layer

        def unpack(self, data):
            return adapter.unpack_x_y_sample_weight(data)

        def numpy(self, value):
            if not isinstance(value, keras.Variable):
                return super().numpy(value)
            with autocast(None):  # inside a layer of mixed precision, a variable reads as rounded
                return super().numpy(value.value)

        def steps_per_execution(self, model):
            return model.steps_per_execution

        def sublayers(self, layer):
            return list(layer._flatten_layers(include_self=False, recursive=False))

        def all_variables(self, model):
            out = {id(v): v for v in list(model.variables) + list(model.weights)}
            # The states of stateful layers are not among the variables of the model.
            out.update({id(v): v for layer in self.all_layers(model)
                        for v in common_models.flatten(list(vars(layer).values()))
                        if isinstance(v, keras.Variable)})
            shared = global_state.get_global_attribute("global_seed_generator")
            if shared is not None:
                out[id(shared.state)] = shared.state
            return list(out.values())

        def call(self, model, x, training):
            if getattr(model, "_call_has_training_arg", True):
                return model(x, training=training)
            return model(x)

    return Keras3()


def install():
    backend = keras.backend.backend()
    tensorflow = sys.modules.get("tensorflow")
    rec.add_encoder(common_encode.framework_object)
    rec.emit("framework", tensorflow=getattr(tensorflow, "__version__", None),
             keras=keras.__version__, backend=backend, adapter="keras3", eager=True,
             floatx=keras.backend.floatx())
    if backend == "tensorflow":
        hooks.observe_steps(tensorflow_framework(), keras.Model)
        importlib.import_module("kerasan_probe.adapters.graphs").install(keras)
        func_graph = importlib.import_module("tensorflow.python.framework.func_graph")
        hooks.Resources(func_graph.FuncGraph).install()
    else:
        rec.uncovered("steps of this backend", backend)
    hooks.observe_model_calls(keras.Model, compiled)
    hooks.observe_callbacks(keras.callbacks.CallbackList)
    for name, (old, new) in hooks.observe_loading(keras.models, compiled).items():
        replace_everywhere(name, old, new)
    classes = [value for value in vars(keras.optimizers).values()
               if isinstance(value, type) and hasattr(value, "apply_gradients")]
    hooks.observe_optimizers(classes)
    if backend == "tensorflow":
        importlib.import_module("kerasan_probe.adapters.loops").install(classes)
