"""Arguments that are lost or changed on their way."""
from mutation.table import (
    ALL,
    EAGER,
    KERAS2,
    NEWEST,
    PARAMETER,
    VALUE,
    argument,
    around,
    fault,
    nothing,
    result,
)


def lost(program, releases=ALL, scenario=PARAMETER):
    return fault("parameters", scenario, program, releases)


def more(number):
    return None if number is None else number + 1


def less(number):
    return None if number is None else max(1, number - 1)


# -- fit, evaluate, predict
@lost("training")
def fit_runs_one_epoch_less(keras):
    argument(keras.Model, "fit", epochs=less)


@lost("training")
def fit_runs_one_epoch_more(keras):
    argument(keras.Model, "fit", epochs=more)


@lost("training")
def initial_epoch_ignored(keras):
    argument(keras.Model, "fit", initial_epoch=0)


@lost("training")
def initial_epoch_off_by_one(keras):
    argument(keras.Model, "fit", initial_epoch=lambda n: n + 1)


@lost("training")
def batch_size_of_fit_ignored(keras):
    argument(keras.Model, "fit", batch_size=None)


@lost("training")
def batch_size_of_fit_halved(keras):
    argument(keras.Model, "fit", batch_size=lambda n: n // 2)


@lost("training")
def batch_size_of_evaluate_ignored(keras):
    argument(keras.Model, "evaluate", batch_size=None)


@lost("training")
def batch_size_of_predict_ignored(keras):
    argument(keras.Model, "predict", batch_size=None)


@lost("training", EAGER)
def validation_batch_size_ignored(keras):
    argument(keras.Model, "fit", validation_batch_size=lambda n: None if n is None else 30)


@lost("training", EAGER)
def shuffle_true_ignored(keras):
    argument(keras.Model, "fit", shuffle=False)


@lost("training", EAGER)
def shuffle_false_ignored(keras):
    argument(keras.Model, "fit", shuffle=True)


@lost("training", EAGER)
def one_order_for_all_epochs(keras):
    """fit shuffles once and keeps the order."""
    def fit(original, self, x=None, y=None, *args, **kwargs):
        import numpy as np
        if kwargs.get("shuffle"):
            order = np.random.permutation(len(x))
            x, y, kwargs["shuffle"] = x[order], y[order], False
        return original(self, x, y, *args, **kwargs)
    around(keras.Model, "fit", fit)


@lost("datasets")
def steps_per_epoch_one_less(keras):
    argument(keras.Model, "fit", steps_per_epoch=less)


@lost("datasets")
def steps_per_epoch_one_more(keras):
    argument(keras.Model, "fit", steps_per_epoch=more)


@lost("datasets")
def validation_steps_one_less(keras):
    argument(keras.Model, "fit", validation_steps=less)


@lost("datasets")
def validation_steps_one_more(keras):
    argument(keras.Model, "fit", validation_steps=more)


@lost("datasets")
def steps_of_evaluate_one_less(keras):
    argument(keras.Model, "evaluate", steps=less)


@lost("datasets")
def steps_of_evaluate_one_more(keras):
    argument(keras.Model, "evaluate", steps=more)


@lost("datasets")
def validation_freq_ignored(keras):
    argument(keras.Model, "fit", validation_freq=1)


@lost("datasets")
def validation_freq_off_by_one(keras):
    argument(keras.Model, "fit", validation_freq=lambda n: n + 1 if n > 1 else n)


@lost("datasets")
def the_last_batch_is_dropped(keras):
    def fit(original, self, x=None, y=None, *args, **kwargs):
        if kwargs.get("steps_per_epoch") is None:
            kwargs["steps_per_epoch"] = 5
        return original(self, x, y, *args, **kwargs)
    around(keras.Model, "fit", fit)


@lost("weighted")
def class_weight_ignored(keras):
    argument(keras.Model, "fit", class_weight=None)


@lost("weighted")
def class_weights_of_the_wrong_classes(keras):
    argument(keras.Model, "fit", class_weight=lambda w: w and {0: w[1], 1: w[0]})


@lost("weighted")
def class_weights_are_halved(keras):
    argument(keras.Model, "fit", class_weight=lambda w: w and {k: v / 2 for k, v in w.items()})


@lost("weighted")
def one_class_weight_is_lost(keras):
    argument(keras.Model, "fit", class_weight=lambda w: w and {0: w[0], 1: 1.0})


# -- compile
@lost("settings")
def the_rate_given_is_replaced_by_the_default(keras):
    argument(keras.optimizers.RMSprop, "__init__", learning_rate=0.001)


@lost("settings")
def the_schedule_is_frozen_at_its_start(keras):
    result(keras.optimizers.schedules.ExponentialDecay, "__call__",
           lambda rate, self, step: rate * 0 + self.initial_learning_rate)


@lost("settings")
def the_schedule_decays_by_stairs(keras):
    argument(keras.optimizers.schedules.ExponentialDecay, "__init__", staircase=True)


@lost("settings")
def the_schedule_counts_one_step_ahead(keras):
    around(keras.optimizers.schedules.ExponentialDecay, "__call__",
           lambda original, self, step: original(self, step + 1))


@lost("settings")
def the_schedule_has_twice_the_steps(keras):
    result(keras.optimizers.schedules.ExponentialDecay, "__call__", lambda rate, self, step:
           self.initial_learning_rate * (rate / self.initial_learning_rate) ** 0.5)


@lost("settings")
def defaults_of_a_named_optimizer_differ(keras):
    def init(original, self, *args, **kwargs):
        original(self, *args, **kwargs)
        name = "initial_accumulator_value"
        if hasattr(self, "_" + name):
            setattr(self, "_" + name, 0.0)
        else:
            setattr(self, name, 0.0)
    around(keras.optimizers.Adagrad, "__init__", init)


@lost("settings")
def a_new_learning_rate_is_not_used(keras):
    """The rate assigned after compile does not arrive."""
    optimizer = keras.optimizers.Adam
    owner = next(cls for cls in optimizer.__mro__ if "learning_rate" in vars(cls)) \
        if any("learning_rate" in vars(cls) for cls in optimizer.__mro__) else None
    held = vars(owner)["learning_rate"]

    def put(self, value):
        if not getattr(self, "_put", False):
            self._put = True
            held.fset(self, value)
    owner.learning_rate = property(held.fget, put)


# -- initializers, regularizers, constraints
@lost("settings")
def constant_initializer_gives_zeros(keras):
    result(keras.initializers.Constant, "__call__", lambda value, self, *a, **k: value * 0)


@lost("settings")
def stddev_of_an_initializer_ignored(keras):
    argument(keras.initializers.RandomNormal, "__init__", stddev=0.05)


@lost("settings")
def limits_of_an_initializer_ignored(keras):
    argument(keras.initializers.RandomUniform, "__init__", minval=-0.05, maxval=0.05)


@lost("settings")
def he_normal_is_too_wide(keras):
    result(keras.initializers.get("he_normal").__class__, "__call__",
           lambda value, self, *a, **k: value * 1.5)


@lost("settings")
def glorot_uniform_of_the_wrong_fan(keras):
    result(keras.initializers.get("glorot_uniform").__class__, "__call__",
           lambda value, self, *a, **k: value * 0.7)


@lost("settings")
def orthogonal_columns_are_not_normed(keras):
    result(keras.initializers.Orthogonal, "__call__", lambda value, self, *a, **k: value * 1.01)


@lost("settings")
def ones_initializer_gives_zeros(keras):
    result(keras.initializers.Ones, "__call__", lambda value, self, *a, **k: value * 0)


@lost("settings")
def zeros_initializer_gives_ones(keras):
    result(keras.initializers.Zeros, "__call__", lambda value, self, *a, **k: value + 1)


@lost("settings", NEWEST)
def the_seed_of_an_initializer_is_ignored(keras):
    def call(original, self, shape, *args, **kwargs):
        import random
        self.seed = random.randrange(1 << 30)
        if hasattr(self, "_random_generator"):
            self._random_generator = type(self._random_generator)(self.seed, rng_type="stateless")
        return original(self, shape, *args, **kwargs)
    around(keras.initializers.RandomNormal.__mro__[0], "__call__", call)


@lost("settings")
def max_norm_is_not_applied(keras):
    around(keras.constraints.MaxNorm, "__call__", lambda original, self, w: w * 1.0)


@lost("settings")
def max_norm_has_the_default_limit(keras):
    argument(keras.constraints.MaxNorm, "__init__", max_value=2)


@lost("settings")
def max_norm_along_the_wrong_axis(keras):
    argument(keras.constraints.MaxNorm, "__init__", axis=1)


@lost("settings")
def non_neg_is_not_applied(keras):
    around(keras.constraints.NonNeg, "__call__", lambda original, self, w: w * 1.0)


@lost("settings")
def clipnorm_is_not_in_effect(keras):
    def init(original, self, *args, **kwargs):
        kept = kwargs.get("clipnorm")
        kwargs.pop("clipnorm", None)
        original(self, *args, **kwargs)
        self._told = kept

    around(keras.optimizers.SGD, "__init__", init)
    result(keras.optimizers.SGD, "get_config",
           lambda config, self: dict(config, clipnorm=getattr(self, "_told", None)))


# -- layers and wrappers
@lost("sequences")
def the_flag_is_off_in_time_distributed(keras):
    argument(keras.layers.TimeDistributed, "call", training=False)


@lost("sequences")
def dropout_in_training_is_off(keras):
    around(keras.layers.Dropout, "call", lambda original, self, inputs, *a, **k: inputs * 1)


@lost("sequences")
def dropout_rate_is_doubled(keras):
    argument(keras.layers.Dropout, "__init__", rate=lambda r: 2 * r)


@lost("sequences", scenario=VALUE)
def noise_is_half_as_strong(keras):
    around(keras.layers.GaussianNoise, "call", lambda original, self, inputs, training=None:
           inputs + (original(self, inputs, training) - inputs) * 0.5)


@lost("sequences")
def batch_normalization_in_training_uses_its_averages(keras):
    argument(keras.layers.BatchNormalization, "call", training=False)


@lost("sequences")
def the_mask_is_lost_in_gru(keras):
    argument(keras.layers.GRU, "call", mask=None)


@lost("sequences")
def embedding_gives_no_mask(keras):
    nothing(keras.layers.Embedding, "compute_mask")


@lost("sequences")
def masking_gives_no_mask(keras):
    nothing(keras.layers.Masking, "compute_mask")
    if keras.__version__.startswith("3"):  # its call attaches the mask
        result(keras.layers.Masking, "call", lambda out, *args, **kwargs:
               setattr(out, "_keras_mask", None) or out)


@lost("sequences")
def go_backwards_is_reversed(keras):
    argument(keras.layers.GRU, "__init__", go_backwards=True)


@lost("stateful", KERAS2)
def states_are_not_reset(keras):
    for name in ("reset_states", "reset_state"):
        if hasattr(keras.layers.LSTM, name):
            nothing(keras.layers.LSTM, name)


@lost("stateful", KERAS2)
def states_of_bidirectional_are_not_reset(keras):
    for name in ("reset_states", "reset_state"):
        if hasattr(keras.layers.Bidirectional, name):
            nothing(keras.layers.Bidirectional, name)


@lost("structure")
def leaky_relu_has_the_default_slope(keras):
    name = "negative_slope" if keras.__version__.startswith("3") else "alpha"

    def call(original, self, inputs):
        held = getattr(self, name)
        setattr(self, name, held * 0 + 0.3)
        out = original(self, inputs)
        setattr(self, name, held)
        return out
    around(keras.layers.LeakyReLU, "call", call)


@lost("structure")
def activation_of_dense_is_not_applied(keras):
    def call(original, self, inputs, *args, **kwargs):
        held, self.activation = self.activation, keras.activations.linear
        out = original(self, inputs, *args, **kwargs)
        self.activation = held
        return out
    around(keras.layers.Dense, "call", call)


# -- callbacks
@lost("stopping")
def patience_one_less(keras):
    def end(original, self, epoch, logs=None):
        self.patience -= 1
        original(self, epoch, logs)
        self.patience += 1
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)


@lost("stopping")
def patience_one_more(keras):
    def end(original, self, epoch, logs=None):
        self.patience += 1
        original(self, epoch, logs)
        self.patience -= 1
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)


@lost("stopping")
def early_stopping_never_stops(keras):
    def end(original, self, epoch, logs=None):
        original(self, epoch, logs)
        self.model.stop_training = False
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)


@lost("stopping")
def early_stopping_watches_for_the_largest(keras):
    def begin(original, self, logs=None):
        import numpy as np
        original(self, logs)
        self.monitor_op, self.best = np.greater, -np.inf
    around(keras.callbacks.EarlyStopping, "on_train_begin", begin)


@lost("stopping")
def early_stopping_watches_another_metric(keras):
    def end(original, self, epoch, logs=None):
        return original(self, epoch, dict(logs, val_loss=-epoch))
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)


@lost("stopping")
def restore_best_weights_not_done(keras):
    def end(original, self, epoch, logs=None):
        held, self.restore_best_weights = self.restore_best_weights, False
        original(self, epoch, logs)
        self.restore_best_weights = held
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)
    nothing(keras.callbacks.EarlyStopping, "on_train_end")


@lost("stopping")
def restore_best_weights_restores_the_last(keras):
    def end(original, self, epoch, logs=None):
        if self.best_weights is not None:
            self.best_weights = self.model.get_weights()
        original(self, epoch, logs)
    around(keras.callbacks.EarlyStopping, "on_epoch_end", end)


@lost("stopping")
def the_plateau_factor_ignored(keras):
    def end(original, self, epoch, logs=None):
        held, self.factor = self.factor, 0.9
        original(self, epoch, logs)
        self.factor = held
    around(keras.callbacks.ReduceLROnPlateau, "on_epoch_end", end)


@lost("stopping")
def the_plateau_patience_one_more(keras):
    def end(original, self, epoch, logs=None):
        self.patience += 1
        original(self, epoch, logs)
        self.patience -= 1
    around(keras.callbacks.ReduceLROnPlateau, "on_epoch_end", end)


@lost("stopping")
def the_plateau_never_lowers(keras):
    def end(original, self, epoch, logs=None):
        held, self.verbose = self.verbose, 0
        self.wait = -9
        original(self, epoch, logs)
        self.verbose = held
    around(keras.callbacks.ReduceLROnPlateau, "on_epoch_end", end)


@lost("stopping")
def the_plateau_has_no_least_change(keras):
    def end(original, self, epoch, logs=None):
        if not hasattr(self, "_told"):
            self._told = True
            import numpy as np
            self.monitor_op = lambda a, b: np.less(a, b)
        original(self, epoch, logs)
    around(keras.callbacks.ReduceLROnPlateau, "on_epoch_end", end)


@lost("stopping")
def the_scheduled_rate_is_not_set(keras):
    def begin(original, self, epoch, logs=None):
        held, self.schedule = self.schedule, lambda *_: 0.02
        original(self, epoch, logs)
        self.schedule = held
    around(keras.callbacks.LearningRateScheduler, "on_epoch_begin", begin)


@lost("stopping")
def the_scheduled_rate_is_of_the_next_epoch(keras):
    around(keras.callbacks.LearningRateScheduler, "on_epoch_begin",
           lambda original, self, epoch, logs=None: original(self, epoch + 1, logs))


@lost("stopping")
def save_best_only_saves_each(keras):
    def end(original, self, epoch, logs=None):
        import numpy as np
        self.best = np.inf
        original(self, epoch, logs)
    around(keras.callbacks.ModelCheckpoint, "on_epoch_end", end)


@lost("stopping")
def the_checkpoint_watches_for_the_largest(keras):
    def begin(original, self, logs=None):
        import numpy as np
        original(self, logs)
        self.monitor_op, self.best = np.greater, -np.inf
    around(keras.callbacks.ModelCheckpoint, "on_train_begin", begin)
