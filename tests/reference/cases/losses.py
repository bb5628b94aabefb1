"""Losses: targets and predictions of each kind, reductions, sample weights and masks."""
import numpy as np

from reference.draw import cases
from reference.framework import KERAS3
from reference.measures import LossCase

REDUCTIONS = ["sum_over_batch_size", "sum", "none"]
if KERAS3:
    REDUCTIONS += ["mean", "mean_with_sample_weight", None]
FUNCTIONS = {"KLDivergence": "kl_divergence", "LogCosh": "log_cosh", "CTC": "ctc"}


def snake(name):
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    name = name.replace("CrossEntropy", "_Cross_Entropy")
    return "".join(("_" if c.isupper() and k else "") + c.lower() for k, c in enumerate(name)).replace(
        "__", "_")


def shape_of(d, low=2):
    return tuple(d.integer(1, 5) for _ in range(d.integer(low, 3)))


def weights_for(d, rows):
    kind = d.choice(["none", "batch", "rows", "zeros"])
    if kind == "none" or not rows:
        return None
    # Keras 3 takes weights of the batch for those of the last axis: docs/findings.
    batch = kind == "batch" and len(rows) <= (1 if KERAS3 else 2)
    shape = rows[:1] if batch else rows
    weight = d.uniform(*shape, hi=3.0)
    return weight * (weight > 1) if kind == "zeros" else weight


def mask_for(d, rows):
    if not KERAS3 or len(rows) != 1 or d.integer(0, 3):
        return None
    return d.random().rand(*rows) < 0.7


def loss_case(d, y_true, y_pred, rows, **config):
    """A call of the class `d.name`, or of its function."""
    if d.integer(0, 4) == 0:
        function = getattr(d.keras.losses, snake(d.name), None)
        if function is not None:
            return LossCase(function, y_true, y_pred, config=config)
    loss = getattr(d.keras.losses, d.name)(reduction=d.choice(REDUCTIONS), **config)
    return LossCase(loss, y_true, y_pred, weights_for(d, rows), mask_for(d, rows))


def optional(d, **values):
    """Some of the arguments, each with one of its values."""
    return {name: d.choice(options) for name, options in values.items() if d.boolean()}


def probabilities(d, *shape):
    """Rows that sum to one along the last axis; now and then exactly one class."""
    if d.integer(0, 5) == 0:
        return np.eye(shape[-1], dtype="float32")[d.integers(0, shape[-1] - 1, *shape[:-1])]
    z = d.normal(*shape)
    e = np.exp(z - z.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def one_hot(d, *shape):
    return np.eye(shape[-1], dtype=d.choice(["float32", "int32", "bool"]))[
        d.integers(0, shape[-1] - 1, *shape[:-1])]


@cases("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "LogCosh")
def regression(d):
    shape = shape_of(d)
    y = d.normal(*shape) if d.boolean() else d.integers(-3, 9, *shape)
    return loss_case(d, y, d.normal(*shape), shape[:-1])


@cases("Huber")
def huber(d):
    shape = shape_of(d)
    return loss_case(d, d.normal(*shape), d.normal(*shape), shape[:-1],
                     **optional(d, delta=[1.0, 0.1, 3.5]))


@cases("MeanSquaredLogarithmicError")
def logarithmic(d):
    shape = shape_of(d)
    scale = d.choice([1.0, 1e-3, 50.0])
    predicted = d.uniform(*shape, hi=scale) - 0.1 * d.integer(0, 1)
    return loss_case(d, d.uniform(*shape, hi=scale), predicted, shape[:-1])


@cases("Poisson")
def poisson(d):
    shape = shape_of(d)
    return loss_case(d, d.integers(0, 9, *shape).astype("float32"), d.uniform(*shape, hi=6.0),
                     shape[:-1])


@cases("KLDivergence")
def divergence(d):
    shape = shape_of(d)
    return loss_case(d, probabilities(d, *shape), probabilities(d, *shape), shape[:-1])


@cases("CosineSimilarity")
def cosine(d):
    shape = shape_of(d)
    axis = d.choice([-1, -1, len(shape) - 2]) if KERAS3 or len(shape) > 2 else -1
    rows = tuple(s for k, s in enumerate(shape) if k != axis % len(shape))
    case = loss_case(d, d.normal(*shape, scale=1.0), d.normal(*shape, scale=1.0), rows, axis=axis)
    return case


@cases("Hinge", "SquaredHinge")
def hinge(d):
    shape = shape_of(d)
    y = d.integers(0, 1, *shape)
    return loss_case(d, y if d.boolean() else (2 * y - 1).astype("float32"), d.normal(*shape),
                     shape[:-1])


@cases("CategoricalHinge")
def categorical_hinge(d):
    shape = shape_of(d)
    return loss_case(d, one_hot(d, *shape), d.normal(*shape), shape[:-1])


@cases("BinaryCrossentropy", "BinaryFocalCrossentropy")
def binary(d):
    shape = shape_of(d)
    config = optional(d, from_logits=[True], label_smoothing=[0.1, 0.5])
    if d.name == "BinaryFocalCrossentropy":
        config.update(optional(d, gamma=[0.0, 1.0, 2.5], alpha=[0.1, 0.7],
                               apply_class_balancing=[True]))
    p = d.normal(*shape) if config.get("from_logits") else d.uniform(*shape)
    if not config.get("from_logits") and d.integer(0, 4) == 0:
        p = np.round(p)
    y = d.integers(0, 1, *shape, dtype=d.choice(["int32", "float32", "bool"]))
    return loss_case(d, y, p, shape[:-1], **config)


@cases("CategoricalCrossentropy", "CategoricalFocalCrossentropy")
def categorical(d):
    shape = shape_of(d)
    config = optional(d, from_logits=[True], label_smoothing=[0.1, 0.5])
    if d.name == "CategoricalFocalCrossentropy":
        alpha = [0.5] + ([d.uniform(shape[-1]).tolist()] if KERAS3 else [])
        config.update(optional(d, gamma=[0.0, 1.0, 2.5], alpha=alpha))
    p = d.normal(*shape) if config.get("from_logits") else probabilities(d, *shape)
    y = one_hot(d, *shape)
    if len(shape) == 3 and d.boolean() and "alpha" not in config:
        config["axis"] = 1
        config.pop("label_smoothing", None)  # goes by the last axis: docs/findings
        p, y = np.moveaxis(p, -1, 1), np.moveaxis(y, -1, 1)
    return loss_case(d, y, p, shape[:-1], **config)


@cases("SparseCategoricalCrossentropy")
def sparse(d):
    shape = shape_of(d)[:-1] + (d.integer(2, 5),)
    config = optional(d, from_logits=[True], ignore_class=[0, -1, shape[-1] - 1])
    p = d.normal(*shape) if config.get("from_logits") else probabilities(d, *shape)
    y = d.integers(0, shape[-1] - 1, *shape[:-1], dtype=d.choice(["int32", "int64", "float32"]))
    if config.get("ignore_class") == -1:
        y[d.random().rand(*y.shape) < 0.3] = -1
    if not d.keras3 and "ignore_class" in config and (y == config["ignore_class"]).all():
        d.reject()  # a mean over nothing: docs/findings/mean-of-ignored-targets.md
    if d.boolean():
        y = y[..., None]
    return loss_case(d, y, p, shape[:-1], **config)


@cases("Dice", "Tversky")
def overlap(d):
    shape = shape_of(d)
    config = optional(d, axis=[None, (1,), tuple(range(1, len(shape))), (0,)])
    if d.name == "Tversky":
        alpha = d.choice([0.5, 0.2, 1.0])  # alpha and beta are exchanged: docs/findings
        config.update(alpha=alpha, beta=alpha)
    over = config.get("axis") or tuple(range(len(shape)))
    rows = tuple(s for k, s in enumerate(shape) if k not in over)
    y = d.integers(0, 1, *shape).astype("float32")
    p = d.uniform(*shape)
    return loss_case(d, y, p, rows if 0 not in over else (), **config)


@cases("CategoricalGeneralizedCrossEntropy")
def generalized(d):
    n, c = d.integer(1, 6), d.integer(2, 5)
    # Targets of shape (n, 1): docs/findings.
    return loss_case(d, d.integers(0, c - 1, n), probabilities(d, n, c), (n,),
                     q=d.choice([0.5, 0.1, 0.9]))


@cases("Circle")
def circle(d):
    n, c = d.integer(2, 4), d.integer(2, 6)
    more = d.integers(0, n - 1, d.integer(0, 3))
    y = np.concatenate([np.arange(n), np.arange(n), more]).astype("int32")
    e = d.normal(len(y), c, scale=1.0)
    e /= np.linalg.norm(e, axis=-1, keepdims=True)
    return loss_case(d, y, e, (len(y),),
                     **optional(d, gamma=[80.0, 1.0, 256.0], margin=[0.4, 0.1],
                                remove_diagonal=[False]))


@cases("CTC")
def ctc(d):
    n, t, c = d.integer(1, 3), d.integer(4, 9), d.integer(2, 5)
    length = d.integer(1, t // 2)
    y = d.integers(1, c - 1, n, length)
    y[np.arange(length)[None, :] >= d.integers(0, length, n, 1)] = 0
    return loss_case(d, y, d.normal(n, t, c), (n,))
