"""Layer by layer in a session: what each layer of a functional model gave for a batch, fetched by a
second run, since a fetch may keep the runtime from rewriting what the first one computes."""
import inspect

import numpy as np

from kerasan_probe.adapters import rerun
from kerasan_probe.adapters.common_models import builtin, compute_dtype, config_of, flatten
from kerasan_probe.recorder import rec

MAX_NODES = 200


class Applied(object):
    """One node: a layer on its symbolic inputs."""

    def __init__(self, layer, node):
        self.layer, self.index = layer, layer._inbound_nodes.index(node)
        self.inputs = flatten(node.input_tensors)
        self.outputs = flatten(node.output_tensors)
        self.masks = [getattr(tensor, "_keras_mask", None) for tensor in self.inputs]
        self.weights = list(layer.weights)

    def fetches(self):
        return [self.inputs, self.outputs, [m for m in self.masks if m is not None], self.weights]

    def tell(self, values, model, step, training):
        inputs, outputs, known, weights = [[np.asarray(v) for v in part] for part in values]
        if sum(array.nbytes for array in inputs + outputs + weights) > rerun.MAX_BYTES:
            return rec.uncovered("large tensors", "applications of " + self.layer.name)
        known = iter(known)
        masks = [None if mask is None else next(known) for mask in self.masks]
        layer = self.layer
        return rec.emit("application", step=step, model=model, layer=rec.ref("layer", layer),
                 name=layer.name, builtin=True, node=self.index, trainable=bool(layer.trainable),
                 inputs=rec.value(inputs, arrays=True), masks=rec.value(masks, arrays=True),
                 outputs=rec.value(outputs, arrays=True), output_masks=[None] * len(outputs),
                 weights=[{"name": w.name.split(":")[0].split("/")[-1], "path": w.name,
                           "value": rec.tensor(value)} for w, value in zip(self.weights, weights)],
                 training=training, kwargs={}, arguments={}, argument_masks={}, extra_inputs=[],
                 initial_states=[], parameters=rerun.parameters(layer),
                 compute_dtype=compute_dtype(layer), config=settings_of(layer),
                 **{"class": type(layer).__name__})


def settings_of(layer):
    """Its config, with the arguments that the config leaves out but the layer holds."""
    config = config_of(layer)
    for name in inspect.signature(type(layer).__init__).parameters:
        held = vars(layer).get(name)
        if name not in config and isinstance(held, (bool, int, float, str)):
            config[name] = held
    return config


def plan(model):
    """The nodes of built-in layers that take nothing but their inputs."""
    depths = getattr(model, "_nodes_by_depth", None) or {}
    found = []
    for depth in sorted(depths, reverse=True):
        for node in depths[depth]:
            layer = node.outbound_layer
            given = getattr(node, "arguments", None) or {}
            if builtin(layer) and rerun.is_unit(layer) and node in layer._inbound_nodes and \
                    "InputLayer" not in rerun.mro_names(layer) and \
                    not getattr(layer, "stateful", False) and \
                    all(value is None for value in given.values()):
                found.append(Applied(layer, node))
    return found


def tell(session, model, feed, phase, step):
    applied = plan(model)
    if not applied:
        return
    if len(applied) > MAX_NODES:
        rec.uncovered("layers of a large model", rec.ref("model", model))
        return
    for one, values in zip(applied, session.run([one.fetches() for one in applied], feed)):
        one.tell(values, rec.ref("model", model), step, phase == "train")
