"""Models and layers of Keras 3, whatever its backend."""
import importlib

import keras

from kerasan_probe.adapters import common_models

global_state = importlib.import_module("keras.src.backend.common.global_state")
adapter = importlib.import_module("keras.src.trainers.data_adapters.data_adapter_utils")
autocast = importlib.import_module("keras.src.backend").AutocastScope


class Keras3Models(object):
    """Stands before the steps of a backend."""

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
