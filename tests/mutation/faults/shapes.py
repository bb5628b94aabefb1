"""Shapes that are declared, handed on or compared wrongly."""
from mutation.table import ALL, EAGER, SHAPE, argument, fault, result


def wrong(program="images", releases=EAGER):
    return fault("shapes", SHAPE, program, releases)


def lengthened(shape, axis=-1, by=1):
    """The same shape with one dimension changed, in the container that it came in."""
    held = list(shape)
    if held[axis] is not None:
        held[axis] = int(held[axis]) + by
    return tuple(held) if isinstance(shape, tuple) else type(shape)(held)


def declares(keras, name, axis=-1, by=1):
    result(getattr(keras.layers, name), "compute_output_shape",
           lambda shape, *args, **kwargs: lengthened(shape, axis, by))


def declared(name, axis, by, words):
    def put(keras):
        declares(keras, name, axis, by)
    put.__name__ = "declared_shape_of_%s_has_%s" % (name, words)
    put.__doc__ = "compute_output_shape of %s has %s." % (name, words.replace("_", " "))
    wrong()(put)


declared("Conv2D", -1, 1, "one_channel_more")
declared("Conv2D", 1, -1, "one_row_less")
declared("MaxPooling2D", 1, 1, "one_row_more")
declared("MaxPooling2D", 2, -1, "one_column_less")
declared("SeparableConv2D", 2, 2, "the_size_before_its_window")
declared("UpSampling2D", 1, -1, "one_row_less")
declared("ZeroPadding2D", 2, 1, "one_column_more")
declared("Conv2DTranspose", 1, -1, "one_row_less")
declared("Cropping2D", 1, 1, "one_row_more")
declared("Conv1D", 1, 1, "one_step_more")
declared("AveragePooling1D", 1, 1, "one_step_more")
declared("Permute", 1, 1, "one_more_in_front")
declared("Flatten", 1, 1, "one_element_more")
declared("RepeatVector", 1, -1, "one_step_less")
declared("GlobalAveragePooling2D", 1, 1, "one_channel_more")
declared("Dense", -1, 1, "one_unit_more")
declared("Concatenate", -1, -1, "one_element_less")
declared("Reshape", -1, 1, "one_more")


def observed(name, change, words):
    """What the layer gives is not of the shape that compute_output_shape tells."""
    def put(keras):
        result(getattr(keras.layers, name), "call", lambda out, *args, **kwargs: change(out))
    put.__name__ = "%s_gives_%s" % (name, words)
    put.__doc__ = "The output of %s has %s." % (name, words.replace("_", " "))
    wrong()(put)


observed("Cropping2D", lambda out: out[:, 1:], "one_row_less")
observed("Permute", lambda out: out[:, :, 1:], "one_column_less")
observed("AveragePooling1D", lambda out: out[:, :-1], "one_step_less")


# -- targets
@wrong("datasets", EAGER)
def evaluate_repeats_the_columns_of_its_targets(keras):
    """Three columns of targets stand beside one of predictions."""
    argument(keras.Model, "evaluate", y=lambda y: y if y is None else y.repeat(3, axis=1))


@wrong("settings", ALL)
def fit_drops_a_column_of_its_targets(keras):
    """One column of targets stands beside two of predictions."""
    argument(keras.Model, "fit", y=lambda y: y[:, :1])


# -- results
@wrong("training", EAGER)
def predict_gives_one_column_less(keras):
    result(keras.Model, "predict", lambda out, self, *args, **kwargs: out[:, :1])


@wrong("training", EAGER)
def predict_adds_an_axis(keras):
    result(keras.Model, "predict", lambda out, self, *args, **kwargs: out[..., None])


@wrong("sequences", EAGER)
def predict_drops_the_last_step(keras):
    result(keras.Model, "predict", lambda out, self, *args, **kwargs: out[:, :-1])


@wrong("sequences", EAGER)
def predict_flattens(keras):
    result(keras.Model, "predict", lambda out, self, *args, **kwargs: out.reshape(len(out), -1))
