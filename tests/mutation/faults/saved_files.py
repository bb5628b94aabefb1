"""Faults in files that were saved: what a wrong writer would have left there."""
import json
import os
import zipfile

from mutation.table import ALL, KERAS2, NEWEST, RELOAD, STRUCTURE, VALUE, fault

THREE = ("keras3",)


def in_file(path, releases=ALL, scenario=RELOAD):
    return fault("saved files", scenario, path, releases, "file")


def hdf5(path):
    import h5py
    return h5py.File(path, "r+")


def weights(file):
    return file["model_weights"] if "model_weights" in file else file


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def datasets(group):
    """{path: dataset} below a group."""
    import h5py
    found = {}
    group.visititems(lambda name, item: found.update({name: item})
                     if isinstance(item, h5py.Dataset) else None)
    return found


def weight(file, layer, name):
    group = weights(file)[layer]
    path = next(p for p in datasets(group) if p.split("/")[-1].split(":")[0] == name)
    return group, path


def replaced(group, path, value, **kwargs):
    del group[path]
    group.create_dataset(path, data=value, **kwargs)


def config(path, change):
    """Edits the model's configuration in an HDF5 file."""
    with hdf5(path) as file:
        held = json.loads(text(file.attrs["model_config"]))
        change(held)
        file.attrs["model_config"] = json.dumps(held).encode()


def layer_of(held, name):
    layers = held["config"]["layers"]
    return next(one for one in layers if (one.get("name") or one["config"]["name"]) == name)


def listed(file, layer, change):
    group = weights(file)[layer]
    names = [text(n) for n in group.attrs["weight_names"]]
    group.attrs["weight_names"] = [n.encode() for n in change(names)]


def archive(path, change):
    """Rewrites a .keras file: ``change`` edits {member: bytes}."""
    with zipfile.ZipFile(path) as held:
        members = {name: held.read(name) for name in held.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)


def archived_config(path, change):
    def edit(members):
        held = json.loads(members["config.json"].decode())
        change(held)
        members["config.json"] = json.dumps(held).encode()
    archive(path, edit)


def archived_weights(path, change):
    import h5py

    def edit(members):
        inner = path + ".inner.h5"
        with open(inner, "wb") as out:
            out.write(members["model.weights.h5"])
        with h5py.File(inner, "r+") as file:
            change(file)
        with open(inner, "rb") as stream:
            members["model.weights.h5"] = stream.read()
        os.remove(inner)
    archive(path, edit)


@in_file("whole.h5")
def an_orphan_dataset_in_hdf5(path):
    with hdf5(path) as file:
        weights(file)["first"].create_dataset("left_over", data=[1.0, 2.0])


@in_file("whole.h5")
def a_listed_weight_is_not_there(path):
    with hdf5(path) as file:
        group, name = weight(file, "second", "bias")
        del group[name]


@in_file("whole.h5")
def a_weight_is_not_listed(path):
    with hdf5(path) as file:
        listed(file, "norm", lambda names: names[:-1])


@in_file("whole.h5")
def a_weight_is_listed_twice(path):
    with hdf5(path) as file:
        listed(file, "norm", lambda names: names + names[:1])


@in_file("whole.h5")
def gamma_and_beta_listed_in_the_other_order(path):
    with hdf5(path) as file:
        listed(file, "norm", lambda names: [names[1], names[0]] + names[2:])


@in_file("whole.h5")
def kernel_and_bias_listed_in_the_other_order(path):
    with hdf5(path) as file:
        listed(file, "first", lambda names: names[::-1])


@in_file("whole.h5")
def moving_mean_and_variance_listed_in_the_other_order(path):
    with hdf5(path) as file:
        listed(file, "norm", lambda names: names[:2] + names[:1:-1])


@in_file("whole.h5")
def a_kernel_is_stored_transposed(path):
    with hdf5(path) as file:
        group, name = weight(file, "first", "kernel")
        replaced(group, name, group[name][()].T)


@in_file("whole.h5")
def a_kernel_is_stored_flat(path):
    with hdf5(path) as file:
        group, name = weight(file, "last", "kernel")
        replaced(group, name, group[name][()].reshape(-1))


@in_file("whole.h5")
def a_bias_lost_its_last_value(path):
    with hdf5(path) as file:
        group, name = weight(file, "second", "bias")
        replaced(group, name, group[name][:-1])


@in_file("whole.h5")
def a_kernel_is_stored_in_half_precision(path):
    with hdf5(path) as file:
        group, name = weight(file, "first", "kernel")
        replaced(group, name, group[name][()].astype("float16"))


@in_file("whole.h5")
def a_kernel_is_stored_as_integers(path):
    with hdf5(path) as file:
        group, name = weight(file, "first", "kernel")
        replaced(group, name, group[name][()].astype("int32"))


@in_file("whole.h5")
def a_bias_is_stored_in_double_precision(path):
    with hdf5(path) as file:
        group, name = weight(file, "last", "bias")
        replaced(group, name, group[name][()].astype("float64"))


@in_file("whole.h5", scenario=VALUE)
def a_saved_weight_is_not_a_number(path):
    with hdf5(path) as file:
        group, name = weight(file, "first", "kernel")
        group[name][1, 1] = float("nan")


@in_file("whole.h5", scenario=VALUE)
def a_saved_weight_is_infinite(path):
    with hdf5(path) as file:
        group, name = weight(file, "norm", "moving_variance")
        group[name][0] = float("inf")


@in_file("whole.h5", scenario=VALUE)
def a_moment_of_the_optimizer_is_not_a_number(path):
    with hdf5(path) as file:
        held = datasets(file["optimizer_weights"])
        slot = next(d for d in held.values() if d.dtype.kind == "f" and d.shape)
        slot[tuple(0 for _ in slot.shape)] = float("nan")


@in_file("whole.h5")
def an_optimizer_slot_is_dropped_from_the_file(path):
    with hdf5(path) as file:
        group = file["optimizer_weights"]
        del group[sorted(datasets(group))[-1]]


@in_file("whole.h5")
def an_optimizer_slot_is_in_the_file_and_not_listed(path):
    with hdf5(path) as file:
        group = file["optimizer_weights"]
        group.attrs["weight_names"] = list(group.attrs["weight_names"])[:-1]


@in_file("whole.h5")
def a_slot_has_the_shape_of_another_variable(path):
    import numpy as np
    with hdf5(path) as file:
        group = file["optimizer_weights"]
        name = next(p for p, d in sorted(datasets(group).items()) if len(d.shape) == 2)
        replaced(group, name, np.zeros((3, 3), "float32"))


@in_file("whole.h5")
def a_layer_is_not_listed(path):
    with hdf5(path) as file:
        group = weights(file)
        group.attrs["layer_names"] = [n for n in group.attrs["layer_names"] if text(n) != "second"]


@in_file("whole.h5")
def a_layer_is_listed_twice(path):
    with hdf5(path) as file:
        group = weights(file)
        names = list(group.attrs["layer_names"])
        group.attrs["layer_names"] = names + names[-1:]


@in_file("whole.h5")
def a_layer_group_is_not_there(path):
    with hdf5(path) as file:
        del weights(file)["second"]


@in_file("whole.h5")
def the_group_of_a_layer_has_another_name(path):
    with hdf5(path) as file:
        group = weights(file)
        group["segundo"] = group["second"]
        del group["second"]
        names = [text(n) for n in group.attrs["layer_names"]]
        group.attrs["layer_names"] = [n.replace("second", "segundo").encode() for n in names]


@in_file("whole.h5")
def a_weight_is_a_link_out_of_the_file(path):
    import h5py
    with hdf5(path) as file:
        group, name = weight(file, "first", "kernel")
        del group[name]
        group[name] = h5py.ExternalLink("other.h5", "/kernel")


@in_file("whole.h5")
def a_weight_is_a_soft_link_to_another(path):
    import h5py
    with hdf5(path) as file:
        group, name = weight(file, "second", "kernel")
        other, there = weight(file, "first", "bias")
        del group[name]
        group[name] = h5py.SoftLink(other[there].name)


@in_file("whole.h5")
def a_config_has_more_units_than_weights(path):
    config(path, lambda held: layer_of(held, "first")["config"].update(units=7))


@in_file("whole.h5")
def a_config_says_no_bias_and_one_is_stored(path):
    config(path, lambda held: layer_of(held, "second")["config"].update(use_bias=False))


@in_file("whole.h5")
def a_config_says_no_scale_and_one_is_stored(path):
    config(path, lambda held: layer_of(held, "norm")["config"].update(scale=False))


@in_file("whole.h5")
def a_config_names_another_class_of_layer(path):
    config(path, lambda held: layer_of(held, "norm").update(class_name="LayerNormalization"))


@in_file("whole.h5")
def a_config_lost_a_layer(path):
    def change(held):
        held["config"]["layers"] = [one for one in held["config"]["layers"]
                                    if one["config"]["name"] != "norm"]
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def a_config_names_two_layers_alike(path):
    def change(held):
        one = layer_of(held, "second")
        one["name"] = one["config"]["name"] = "first"
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def a_layer_takes_from_one_that_is_not_there(path):
    def change(held):
        one = layer_of(held, "last")
        one["inbound_nodes"] = json.loads(json.dumps(one["inbound_nodes"]).replace('"norm"', '"form"'))
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def a_layer_is_detached_in_the_file(path):
    def change(held):
        one = layer_of(held, "last")
        one["inbound_nodes"] = json.loads(
            json.dumps(one["inbound_nodes"]).replace('"norm"', '"second"'))
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def a_layer_takes_from_a_call_that_was_not_made(path):
    def change(held):
        one = layer_of(held, "last")
        old = json.dumps(one["inbound_nodes"])
        new = old.replace('"norm", 0, 0', '"norm", 3, 0')
        one["inbound_nodes"] = json.loads(new)
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def the_output_of_the_model_is_a_layer_that_is_not_there(path):
    def change(held):
        outputs = json.dumps(held["config"]["output_layers"])
        held["config"]["output_layers"] = json.loads(outputs.replace('"last"', '"lost"'))
    config(path, change)


@in_file("whole.h5", scenario=STRUCTURE)
def the_output_of_the_model_is_an_inner_layer(path):
    def change(held):
        outputs = json.dumps(held["config"]["output_layers"])
        held["config"]["output_layers"] = json.loads(outputs.replace('"last"', '"norm"'))
    config(path, change)


@in_file("whole.h5")
def a_config_holds_an_infinity(path):
    with hdf5(path) as file:
        held = text(file.attrs["model_config"]).replace('"epsilon": 0.001', '"epsilon": Infinity')
        file.attrs["model_config"] = held.encode()


@in_file("whole.h5")
def a_config_holds_not_a_number(path):
    with hdf5(path) as file:
        held = text(file.attrs["model_config"]).replace('"momentum": 0.99', '"momentum": NaN')
        file.attrs["model_config"] = held.encode()


@in_file("whole.h5")
def a_config_tells_a_key_twice(path):
    with hdf5(path) as file:
        held = text(file.attrs["model_config"]).replace('"units": 2', '"units": 3, "units": 2')
        file.attrs["model_config"] = held.encode()


@in_file("whole.h5")
def a_training_config_holds_not_a_number(path):
    with hdf5(path) as file:
        held = json.loads(text(file.attrs["training_config"]))
        held["loss_weights"] = float("nan")
        file.attrs["training_config"] = json.dumps(held).encode()


@in_file("whole.h5", scenario="refused")
def a_config_is_cut(path):
    with hdf5(path) as file:
        held = text(file.attrs["model_config"])
        file.attrs["model_config"] = held[:len(held) // 2].encode()


@in_file("only.weights.h5", KERAS2)
def an_orphan_in_a_file_of_weights(path):
    with hdf5(path) as file:
        file["first"].create_dataset("left_over", data=[1.0])


@in_file("only.weights.h5", KERAS2)
def a_listed_weight_is_not_in_a_file_of_weights(path):
    with hdf5(path) as file:
        group, name = weight(file, "last", "bias")
        del group[name]


@in_file("only.weights.h5", KERAS2)
def a_layer_is_not_in_a_file_of_weights(path):
    with hdf5(path) as file:
        del file["last"]


@in_file("only.weights.h5", scenario=VALUE)
def a_value_in_a_file_of_weights_is_infinite(path):
    with hdf5(path) as file:
        kernel = next(d for d in datasets(file).values() if len(d.shape) == 2)
        kernel[0, 0] = float("-inf")


@in_file("only.weights.h5")
def a_key_of_the_weights_is_a_link_out(path):
    import h5py
    with hdf5(path) as file:
        name = next(p for p, d in datasets(file).items() if len(d.shape) == 2)
        del file[name]
        file[name] = h5py.ExternalLink("/etc/passwd", "/kernel")


@in_file("whole.keras", NEWEST)
def an_archive_lost_its_weights(path):
    archive(path, lambda members: members.pop("model.weights.h5"))


@in_file("whole.keras", NEWEST)
def an_archived_layer_has_more_units_than_weights(path):
    archived_config(path, lambda held: layer_of(held, "first")["config"].update(units=9))


@in_file("whole.keras", NEWEST)
def an_archived_layer_says_no_bias_and_one_is_stored(path):
    archived_config(path, lambda held: layer_of(held, "last")["config"].update(use_bias=False))


@in_file("whole.keras", NEWEST, STRUCTURE)
def an_archived_layer_takes_from_one_that_is_not_there(path):
    def change(held):
        one = layer_of(held, "second")
        one["inbound_nodes"] = json.loads(
            json.dumps(one["inbound_nodes"]).replace('"first"', '"fist"'))
    archived_config(path, change)


@in_file("whole.keras", NEWEST, STRUCTURE)
def an_archived_layer_is_detached(path):
    def change(held):
        one = layer_of(held, "norm")
        one["inbound_nodes"] = json.loads(
            json.dumps(one["inbound_nodes"]).replace('"second"', '"first"'))
    archived_config(path, change)


@in_file("whole.keras", NEWEST, STRUCTURE)
def two_archived_layers_have_one_name(path):
    def change(held):
        one = layer_of(held, "norm")
        one["name"] = one["config"]["name"] = "second"
    archived_config(path, change)


@in_file("whole.keras", NEWEST)
def an_archived_config_holds_an_infinity(path):
    archived_config(path, lambda held: layer_of(held, "norm")["config"].update(epsilon=float("inf")))


@in_file("whole.keras", NEWEST)
def an_archived_kernel_is_stored_transposed(path):
    def change(file):
        name = next(p for p, d in datasets(file["layers"]).items() if d.shape == (5, 6))
        replaced(file["layers"], name, file["layers"][name][()].T)
    archived_weights(path, change)


@in_file("whole.keras", NEWEST)
def an_archived_kernel_is_in_half_precision(path):
    def change(file):
        name = next(p for p, d in datasets(file["layers"]).items() if d.shape == (5, 6))
        replaced(file["layers"], name, file["layers"][name][()].astype("float16"))
    archived_weights(path, change)


@in_file("whole.keras", NEWEST)
def an_archived_bias_is_lost(path):
    def change(file):
        name = next(p for p, d in datasets(file["layers"]).items() if d.shape == (2,))
        del file["layers"][name]
    archived_weights(path, change)


@in_file("whole.keras", NEWEST)
def an_archive_holds_an_orphan(path):
    def change(file):
        file.create_dataset("layers/nobody/vars/0", data=[1.0, 2.0])
    archived_weights(path, change)


@in_file("whole.keras", NEWEST, VALUE)
def an_archived_weight_is_not_a_number(path):
    def change(file):
        held = next(d for d in datasets(file["layers"]).values() if d.shape == (5, 6))
        held[2, 3] = float("nan")
    archived_weights(path, change)


@in_file("whole.keras", NEWEST)
def an_archived_slot_is_dropped(path):
    def change(file):
        group = file["optimizer/vars"]
        del group[sorted(group, key=int)[-1]]
    archived_weights(path, change)


@in_file("config.json", ALL, STRUCTURE)
def a_layer_of_a_json_config_takes_from_nowhere(path):
    with open(path) as stream:
        held = json.load(stream)
    one = layer_of(held, "last")
    one["inbound_nodes"] = json.loads(json.dumps(one["inbound_nodes"]).replace('"norm"', '"form"'))
    with open(path, "w") as stream:
        json.dump(held, stream)


@in_file("config.json", ALL)
def a_json_config_holds_an_infinity(path):
    with open(path) as stream:
        held = stream.read()
    with open(path, "w") as stream:
        stream.write(held.replace('"momentum": 0.99', '"momentum": Infinity'))
