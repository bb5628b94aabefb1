"""Saving, loading, rebuilding and copying that lose something."""
import os

from mutation.table import (
    ALL,
    EAGER,
    NEWEST,
    RELOAD,
    around,
    fault,
    nothing,
    rename,
    result,
    swap,
)


def lost(program, releases=ALL, scenario=RELOAD):
    return fault("saved files", scenario, program, releases)


def of_file(path, change):
    """Edits an HDF5 file, or the one inside a .keras file."""
    import zipfile

    import h5py
    if not zipfile.is_zipfile(path):
        with h5py.File(path, "r+") as file:
            change(file)
        return
    with zipfile.ZipFile(path) as held:
        members = {name: held.read(name) for name in held.namelist()}
    inner = path + ".inner"
    with open(inner, "wb") as out:
        out.write(members["model.weights.h5"])
    with h5py.File(inner, "r+") as file:
        change(file)
    with open(inner, "rb") as stream:
        members["model.weights.h5"] = stream.read()
    os.remove(inner)
    with zipfile.ZipFile(path, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)


def after_writing(keras, name, change):
    def save(original, self, filepath, *args, **kwargs):
        out = original(self, filepath, *args, **kwargs)
        of_file(str(filepath), change)
        return out
    around(keras.Model, name, save)


def arrays(file, shape):
    """Datasets of weights (not of the optimizer) of one shape."""
    import h5py
    found = []
    file.visititems(lambda name, item: found.append(item) if isinstance(item, h5py.Dataset) and
                    item.shape == shape and "optimizer" not in name else None)
    return found


def slots(file):
    import h5py
    found = []
    file.visititems(lambda name, item: found.append(item) if isinstance(item, h5py.Dataset) and
                    "optimizer" in name and item.dtype.kind == "f" and item.shape else None)
    return found


def exchange(one, other):
    held = one[()]
    one[...] = other[()]
    other[...] = held


def first_moved(items, step=1e-3):
    items[0][...] = items[0][()] + step


# -- what is written
@lost("saving")
def two_kernels_change_places_in_the_file(keras):
    after_writing(keras, "save", lambda file: exchange(*arrays(file, (6, 6))[:2]))


@lost("saving")
def a_kernel_is_written_transposed(keras):
    def change(file):
        held = arrays(file, (6, 6))[0]
        held[...] = held[()].T
    after_writing(keras, "save", change)


@lost("saving")
def a_bias_is_written_as_zeros(keras):
    def change(file):
        held = arrays(file, (2,))[0]
        held[...] = held[()] * 0
    after_writing(keras, "save", change)


@lost("saving")
def a_kernel_is_rounded_to_half_precision(keras):
    def change(file):
        held = arrays(file, (6, 2))[0]
        held[...] = held[()].astype("float16").astype("float32")
    after_writing(keras, "save", change)


@lost("saving")
def one_value_of_one_kernel_is_flipped(keras):
    def change(file):
        held = arrays(file, (6, 2))[0]
        held[0, 0] = -held[0, 0]
    after_writing(keras, "save", change)


@lost("saving")
def a_moment_is_written_as_zeros(keras):
    def change(file):
        held = next(s for s in slots(file) if s[()].any())
        held[...] = held[()] * 0
    after_writing(keras, "save", change)


@lost("saving", EAGER)
def two_moments_change_places(keras):
    def change(file):
        held = [s for s in slots(file) if s.shape == (6, 6) and s[()].any()]
        exchange(held[0], held[-1])
    after_writing(keras, "save", change)


@lost("saving")
def two_kernels_change_places_in_a_file_of_weights(keras):
    after_writing(keras, "save_weights", lambda file: exchange(*arrays(file, (6, 6))[:2]))


@lost("saving")
def a_value_in_a_file_of_weights_is_moved(keras):
    after_writing(keras, "save_weights", lambda file: first_moved(arrays(file, (6, 2))))


@lost("saving")
def a_moving_average_is_written_as_it_began(keras):
    def change(file):
        for held in arrays(file, (6,)):
            if "moving_mean" in held.name:
                held[...] = held[()] * 0
        for held in arrays(file, (6,)) if "layers" in file else []:
            if held.name.endswith("vars/2"):
                held[...] = held[()] * 0
    after_writing(keras, "save_weights", change)


@lost("saving")
def the_file_is_older_by_one_save(keras):
    """What is written are the weights of before."""
    def save_weights(original, self, *args, **kwargs):
        held = self.get_weights()
        self.set_weights([w * 0.99 for w in held])
        original(self, *args, **kwargs)
        self.set_weights(held)
    around(keras.Model, "save_weights", save_weights)


# -- saving changes the model
@lost("saving")
def saving_moves_a_weight(keras):
    def save(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        self.set_weights([w + 1e-3 for w in self.get_weights()])
        return out
    around(keras.Model, "save", save)


@lost("saving")
def saving_thaws_a_layer(keras):
    def save(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        for layer in self.layers:
            layer.trainable = True
        return out
    around(keras.Model, "save", save)


@lost("saving")
def saving_freezes_the_model(keras):
    def save(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        self.layers[-1].trainable = False
        return out
    around(keras.Model, "save", save)


@lost("saving")
def saving_renames_a_layer(keras):
    def save(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        rename(self.layers[-1], "last_1")
        return out
    around(keras.Model, "save", save)


# -- what is loaded
def loaded(keras, change):
    def load(original, *args, **kwargs):
        model = original(*args, **kwargs)
        change(model)
        return model
    around(keras.models, "load_model", load)


def moved_weights(change):
    return lambda model: model.set_weights(change(model.get_weights()))


@lost("saving")
def load_model_swaps_two_kernels(keras):
    loaded(keras, moved_weights(lambda held: swap(held, 0, 2)))


@lost("saving")
def load_model_leaves_one_weight_as_it_was_made(keras):
    loaded(keras, moved_weights(lambda held: held[:-1] + [held[-1] * 0]))


@lost("saving")
def load_model_rounds_the_weights(keras):
    loaded(keras, moved_weights(lambda held: [w.astype("float16").astype("float32") for w in held]))


@lost("saving")
def load_model_swaps_gamma_and_beta(keras):
    loaded(keras, moved_weights(lambda held: swap(held, 4, 5)))


@lost("saving")
def load_model_thaws_what_was_frozen(keras):
    def change(model):
        model.layers[1].trainable = True
    loaded(keras, change)


@lost("saving")
def load_model_freezes_a_layer(keras):
    def change(model):
        model.layers[2].trainable = False
    loaded(keras, change)


@lost("saving")
def load_model_gives_another_activation(keras):
    def change(model):
        model.layers[2].activation = keras.activations.relu
    loaded(keras, change)


@lost("saving")
def load_model_gives_another_epsilon(keras):
    def change(model):
        model.layers[3].epsilon = 1e-5
    loaded(keras, change)


@lost("saving")
def load_model_gives_another_momentum(keras):
    def change(model):
        model.layers[3].momentum = 0.9
    loaded(keras, change)


@lost("saving")
def load_model_renames_a_layer(keras):
    def change(model):
        rename(model.layers[2], "second_1")
    loaded(keras, change)


@lost("saving", NEWEST)
def load_model_forgets_the_optimizer(keras):
    def change(model):
        model.compile("adam", model.loss, metrics=["accuracy"])
    loaded(keras, change)


@lost("saving", NEWEST)
def load_model_takes_another_optimizer(keras):
    def change(model):
        model.compile("sgd", model.loss, metrics=["accuracy"])
    loaded(keras, change)


def recompiled(keras, **changes):
    """Compiled within load_model with something else."""
    def load(original, *args, **kwargs):
        model = original(*args, **kwargs)
        state = model.optimizer
        model._compile_metrics = None  # Keras 3 keeps those of before where none are given
        model.compile(optimizer=state, **changes)
        return model
    around(keras.models, "load_model", load)


@lost("saving", EAGER)
def load_model_means_another_accuracy(keras):
    recompiled(keras, loss="sparse_categorical_crossentropy",
               metrics=[keras.metrics.BinaryAccuracy(name="accuracy")])


@lost("saving", EAGER)
def load_model_means_another_loss(keras):
    def load(original, *args, **kwargs):
        model = original(*args, **kwargs)
        model.compile(optimizer=model.optimizer, metrics=["accuracy"],
                      loss=lambda t, p: 0.5 * keras.losses.sparse_categorical_crossentropy(t, p))
        return model
    around(keras.models, "load_model", load)


@lost("saving", EAGER)
def load_model_loses_the_metrics(keras):
    recompiled(keras, loss="sparse_categorical_crossentropy")


@lost("saving", NEWEST)
def load_model_restarts_the_count_of_steps(keras):
    def change(model):
        model.optimizer.iterations.assign(0)
    loaded(keras, change)


@lost("saving", NEWEST)
def load_model_has_another_rate(keras):
    def change(model):
        model.optimizer.learning_rate.assign(0.001)
    loaded(keras, change)


@lost("saving", NEWEST)
def load_model_has_another_beta(keras):
    def change(model):
        model.optimizer.beta_1 = 0.9
    loaded(keras, change)


@lost("saving", ("tf-2.15.0",))
def load_model_loses_the_moments(keras):
    def change(model):
        for variable in model.optimizer.variables:
            if len(variable.shape):
                variable.assign(variable * 0)
    loaded(keras, change)


# -- load_weights, set_weights
def arriving(keras, change):
    def load(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        self.set_weights(change(self.get_weights()))
        return out
    around(keras.Model, "load_weights", load)


@lost("saving")
def load_weights_swaps_two_kernels(keras):
    arriving(keras, lambda held: swap(held, 0, 2))


@lost("saving")
def load_weights_leaves_the_last_layer(keras):
    arriving(keras, lambda held: held[:-2] + [w + 0.5 for w in held[-2:]])


@lost("saving")
def load_weights_leaves_the_moving_averages(keras):
    def load(original, self, *args, **kwargs):
        layer = next(one for one in self.layers if one.name == "norm")
        kept = layer.get_weights()[2:]
        out = original(self, *args, **kwargs)
        layer.set_weights(layer.get_weights()[:2] + kept)
        return out
    around(keras.Model, "load_weights", load)


@lost("saving")
def load_weights_by_name_does_not_arrive(keras):
    def load(original, self, *args, **kwargs):
        held = self.get_weights()
        out = original(self, *args, **kwargs)
        if kwargs.get("by_name"):
            self.set_weights(held)
        return out
    around(keras.Model, "load_weights", load)


@lost("saving")
def load_weights_by_name_forgets_one_layer(keras):
    def load(original, self, *args, **kwargs):
        held = self.layers[1].get_weights()
        out = original(self, *args, **kwargs)
        if kwargs.get("by_name"):
            self.layers[1].set_weights(held)
        return out
    around(keras.Model, "load_weights", load)


@lost("saving")
def load_weights_does_nothing(keras):
    nothing(keras.Model, "load_weights")


@lost("saving")
def set_weights_swaps_the_first_two_of_one_shape(keras):
    around(keras.Model, "set_weights", lambda original, self, weights:
           original(self, swap(weights, 0, 2)))


@lost("saving")
def set_weights_forgets_the_last(keras):
    def put(original, self, weights):
        weights = list(weights)
        weights[-1] = weights[-1] * 0 + 0.25
        return original(self, weights)
    around(keras.Model, "set_weights", put)


# -- configurations
@lost("structure")
def get_config_of_leaky_relu_loses_its_slope(keras):
    result(keras.layers.LeakyReLU, "get_config",
           lambda config, self: {k: v for k, v in config.items()
                                 if k not in ("alpha", "negative_slope")})


def without(keras, name, *keys):
    def lose(config, self):
        return {k: v for k, v in config.items() if k not in keys}
    result(getattr(keras.layers, name), "get_config", lose)


@lost("structure", NEWEST)
def get_config_of_layer_normalization_loses_epsilon(keras):
    without(keras, "LayerNormalization", "epsilon")


@lost("structure")
def get_config_of_dense_loses_the_activation(keras):
    without(keras, "Dense", "activation")


@lost("structure")
def get_config_of_dense_loses_the_regularizer(keras):
    without(keras, "Dense", "kernel_regularizer")


@lost("structure")
def get_config_loses_trainable(keras):
    without(keras, "Dense", "trainable")


@lost("structure")
def get_config_of_dropout_tells_another_rate(keras):
    """The rate is told as the part that is kept."""
    result(keras.layers.Dropout, "get_config", lambda config, self: dict(config, rate=1 - self.rate))


@lost("structure")
def from_config_of_dropout_doubles_the_rate(keras):
    result(keras.layers.Dropout, "from_config",
           lambda layer, cls, config: setattr(layer, "rate", 0.5) or layer)


@lost("structure")
def from_config_of_dense_forgets_the_activation(keras):
    result(keras.layers.Dense, "from_config", lambda layer, cls, config:
           setattr(layer, "activation", keras.activations.linear) or layer)


@lost("structure")
def from_config_empties_what_it_is_given(keras):
    def make(original, cls, config, *args, **kwargs):
        out = original(cls, config, *args, **kwargs)
        config.pop("name", None)
        return out
    around(keras.Model, "from_config", make)


@lost("structure")
def a_config_of_a_model_holds_an_object(keras):
    owner = keras.Sequential
    result(owner, "get_config", lambda config, self: dict(config, build_input_shape=object()))


@lost("structure")
def to_json_writes_an_infinity(keras):
    result(keras.Model, "to_json", lambda text, self, **kwargs:
           text.replace('"rate": 0.25', '"rate": Infinity'))


@lost("structure")
def a_rebuilt_model_has_a_renamed_layer(keras):
    def make(original, cls, config, *args, **kwargs):
        out = original(cls, config, *args, **kwargs)
        if any(layer.name == "last" for layer in out.layers):
            rename(out.layers[-1], "last_1")
        return out
    around(keras.Model, "from_config", make)


@lost("structure")
def a_rebuilt_model_is_thawed(keras):
    def make(original, cls, config, *args, **kwargs):
        out = original(cls, config, *args, **kwargs)
        for layer in out.layers:
            layer.trainable = True
        return out
    around(keras.Model, "from_config", make)
