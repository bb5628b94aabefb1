"""Layers and weights that are detached, doubled, lost or not what is told of them."""
from mutation.table import (
    ALL,
    EAGER,
    KERAS2,
    STRUCTURE,
    VALUE,
    around,
    fault,
    rename,
)


def wrong(program, releases=ALL, scenario=STRUCTURE):
    return fault("structure", scenario, program, releases)


def cloning(keras, change):
    def clone(original, model, *args, **kwargs):
        out = original(model, *args, **kwargs)
        return change(model, out) or out
    around(keras.models, "clone_model", clone)


def rebuilt(keras, edit):
    """clone_model by a configuration that is edited."""
    def clone(original, model, *args, **kwargs):
        config = model.get_config()
        edit(config)
        return type(model).from_config(config)
    around(keras.models, "clone_model", clone)


@wrong("structure")
def a_clone_renames_a_layer(keras):
    def change(_, out):
        rename(out.layers[-1], "last_1")
    cloning(keras, change)


@wrong("structure")
def a_clone_thaws_what_was_frozen(keras):
    def change(_, out):
        for layer in out.layers:
            layer.trainable = True
    cloning(keras, change)


@wrong("structure")
def a_clone_freezes_a_layer(keras):
    def change(_, out):
        out.layers[-1].trainable = False
    cloning(keras, change)


@wrong("structure")
def a_shared_layer_is_unshared_by_clone_model(keras):
    def edit(config):
        import copy
        import json
        layers = config["layers"]
        one = next(layer for layer in layers if layer["config"]["name"] == "shared")
        other = copy.deepcopy(one)
        other["name"] = other["config"]["name"] = "shared_1"
        one["inbound_nodes"], other["inbound_nodes"] = \
            one["inbound_nodes"][:1], one["inbound_nodes"][1:]
        layers.insert(layers.index(one) + 1, other)
        block = next(layer for layer in layers if layer["config"]["name"] == "block")
        text = json.dumps(block["inbound_nodes"]).replace('"shared", 1, 0', '"shared_1", 0, 0')
        block["inbound_nodes"] = json.loads(text)
    rebuilt(keras, plain(edit))


def plain(edit):
    """For configurations that hold tuples."""
    def edited(config):
        import json
        held = json.loads(json.dumps(config, default=str))
        edit(held)
        config.clear()
        config.update(held)
    return edited


@wrong("structure", KERAS2)
def a_clone_loses_a_layer(keras):
    def edit(config):
        import json
        layers = config["layers"]
        layers[:] = [one for one in layers if one["config"]["name"] != "drop"]
        config["layers"] = json.loads(json.dumps(layers).replace('"drop"', '"leaky"'))
    rebuilt(keras, plain(edit))


@wrong("structure")
def a_clone_connects_one_input_twice(keras):
    def edit(config):
        import json
        block = next(one for one in config["layers"] if one["config"]["name"] == "block")
        text = json.dumps(block["inbound_nodes"]).replace('"shared", 1, 0', '"shared", 0, 0')
        block["inbound_nodes"] = json.loads(text)
    rebuilt(keras, plain(edit))


@wrong("structure")
def a_clone_has_another_class_of_layer(keras):
    def edit(config):
        one = next(one for one in config["layers"] if one["config"]["name"] == "drop")
        one["class_name"] = "GaussianDropout"
        one["config"].pop("noise_shape", None)
    rebuilt(keras, plain(edit))


# -- what is trained
@wrong("structure", EAGER)
def a_frozen_kernel_moves_with_each_batch(keras):
    def step(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        for layer in self.layers:
            if not layer.trainable:
                for weight in layer.weights:
                    weight.assign(weight * 1.001)
        return out
    around(keras.Model, "train_step", step)


@wrong("structure", EAGER, VALUE)
def a_trainable_layer_is_left_out_of_the_step(keras):
    def step(original, self, *args, **kwargs):
        layer = next((one for one in self.layers if one.name == "last"), None)
        held = [weight + 0.0 for weight in layer.weights] if layer else []
        out = original(self, *args, **kwargs)
        for weight, value in zip(layer.weights if layer else [], held):
            weight.assign(value)
        return out
    around(keras.Model, "train_step", step)


@wrong("structure", EAGER, VALUE)
def the_penalty_of_a_shared_layer_is_lost(keras):
    around(keras.regularizers.get("l2").__class__, "__call__", lambda original, self, x:
           original(self, x) * 0)


@wrong("structure", EAGER, VALUE)
def the_penalty_counts_twice(keras):
    around(keras.regularizers.get("l2").__class__, "__call__", lambda original, self, x:
           original(self, x) * 2)


# -- what a model lists
@wrong("structure", EAGER)
def a_layer_is_not_listed_by_its_model(keras):
    def compile_(original, self, *args, **kwargs):
        if self.name == "pair":
            for name in ("_layers", "_self_tracked_trackables"):
                held = getattr(self, name, None)
                if held:
                    kept = [one for one in held if getattr(one, "name", "") != "frozen"]
                    try:
                        setattr(self, name, kept)
                    except Exception:
                        pass
        return original(self, *args, **kwargs)
    around(keras.Model, "compile", compile_)


@wrong("structure", ("tf-2.4.0", "tf-1.15.0"))
def the_work_of_a_nested_model_is_done_twice(keras):
    def call(original, self, inputs, *args, **kwargs):
        if self.name == "block":
            original(self, inputs, *args, **kwargs)
        return original(self, inputs, *args, **kwargs)
    around(keras.Sequential, "call", call)


@wrong("sequences", EAGER)
def a_wrapper_does_its_work_twice(keras):
    def call(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        return original(self, *args, **kwargs)
    around(keras.layers.TimeDistributed, "call", call)
