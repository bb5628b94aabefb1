"""Metrics: one to three updates with and without sample weights, over every option of each class."""
import numpy as np

from reference.cases.losses import one_hot, optional, probabilities, shape_of
from reference.draw import cases
from reference.framework import KERAS3
from reference.measures import MetricCase


def weight_for(d, *shape):
    kind = d.choice(["none", "drawn", "zeros", "whole"])
    if kind == "none":
        return None
    weight = d.uniform(*shape, hi=3.0)
    return {"drawn": weight, "zeros": weight * (weight > 1), "whole": np.floor(weight)}[kind]


def updates(d, make, low=1):
    return [make() for _ in range(d.integer(low, 3))]


def rows_metric(d, metric, make):
    """`make()` gives targets and predictions; the weights have the shape of the rows."""
    def one():
        y_true, y_pred, rows = make()
        return y_true, y_pred, weight_for(d, *rows)
    return MetricCase(metric, updates(d, one))


def matrix(d, **config):
    """A metric of a confusion matrix; Keras 3 keeps it in whole numbers by default."""
    return build(d, **dict({"dtype": "float32"} if KERAS3 else {}, **config))


def build(d, **config):
    return getattr(d.keras.metrics, d.name)(**config)


@cases("Mean", "Sum")
def values(d):
    def one():
        shape = tuple(d.integer(1, 5) for _ in range(d.integer(0, 3)))
        return None, d.normal(*shape), weight_for(d, *shape) if shape else None
    return MetricCase(build(d), updates(d, one))


@cases("MeanTensor")
def tensors(d):
    shape = tuple(d.integer(1, 4) for _ in range(d.integer(1, 2)))
    return MetricCase(build(d), updates(d, lambda: (None, d.normal(*shape), weight_for(d, *shape))))


@cases("Accuracy")
def accuracy(d):
    def make():
        shape = (d.integer(1, 6), d.integer(1, 3))
        y, predicted = (d.integers(0, 2, *shape).astype("float32") for _ in range(2))
        return y, predicted, shape
    return rows_metric(d, build(d), make)


@cases("BinaryAccuracy")
def binary_accuracy(d):
    def make():
        shape = shape_of(d)
        return d.integers(0, 1, *shape), d.uniform(*shape), shape[:-1]
    return rows_metric(d, build(d, **optional(d, threshold=[0.5, 0.3])), make)


@cases("CategoricalAccuracy", "TopKCategoricalAccuracy")
def categorical_accuracy(d):
    config = optional(d, k=[1, 2, 3]) if d.name.startswith("TopK") else {}
    c = d.integer(3, 6)

    def make():
        n = d.integer(1, 6)
        return one_hot(d, n, c).astype("float32"), d.normal(n, c), (n,)
    top = {"k": 2} if d.name.startswith("TopK") else {}
    return rows_metric(d, build(d, **dict(top, **config)), make)


@cases("SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy")
def sparse_accuracy(d):
    config = {"k": d.choice([1, 2, 3])} if "TopK" in d.name else {}
    c = d.integer(3, 6)

    def make():
        n = d.integer(1, 6)
        y = d.integers(0, c - 1, n)
        return y[:, None] if d.boolean() else y, d.normal(n, c), (n,)
    return rows_metric(d, build(d, **config), make)


@cases("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "LogCoshError",
       "RootMeanSquaredError")
def regression(d):
    def make():
        shape = shape_of(d)
        return d.normal(*shape), d.normal(*shape), shape[:-1]
    return rows_metric(d, build(d), make)


@cases("MeanSquaredLogarithmicError", "Poisson")
def positive(d):
    def make():
        shape = shape_of(d)
        return d.uniform(*shape, hi=4.0), d.uniform(*shape, hi=4.0), shape[:-1]
    return rows_metric(d, build(d), make)


@cases("Hinge", "SquaredHinge")
def hinge(d):
    def make():
        shape = shape_of(d)
        return (2 * d.integers(0, 1, *shape) - 1).astype("float32"), d.normal(*shape), shape[:-1]
    return rows_metric(d, build(d), make)


@cases("CategoricalHinge")
def categorical_hinge(d):
    def make():
        shape = shape_of(d)
        return one_hot(d, *shape).astype("float32"), d.normal(*shape), shape[:-1]
    return rows_metric(d, build(d), make)


@cases("KLDivergence", "CategoricalCrossentropy")
def categorical(d):
    logits = d.name != "KLDivergence" and d.boolean()
    config = {"from_logits": True} if logits else {}
    if d.name != "KLDivergence":
        config.update(optional(d, label_smoothing=[0.1]))

    def make():
        shape = shape_of(d)
        return (one_hot(d, *shape).astype("float32") if d.boolean() else probabilities(d, *shape),
                d.normal(*shape) if logits else probabilities(d, *shape), shape[:-1])
    return rows_metric(d, build(d, **config), make)


@cases("SparseCategoricalCrossentropy")
def sparse(d):
    logits = d.boolean()

    def make():
        shape = shape_of(d)[:-1] + (d.integer(2, 5),)
        return (d.integers(0, shape[-1] - 1, *shape[:-1]),
                d.normal(*shape) if logits else probabilities(d, *shape), shape[:-1])
    return rows_metric(d, build(d, from_logits=logits), make)


@cases("BinaryCrossentropy")
def binary(d):
    config = optional(d, from_logits=[True], label_smoothing=[0.2])

    def make():
        shape = shape_of(d)
        return (d.integers(0, 1, *shape), d.normal(*shape) if "from_logits" in config else
                d.uniform(*shape), shape[:-1])
    return rows_metric(d, build(d, **config), make)


@cases("CosineSimilarity", "PearsonCorrelation", "ConcordanceCorrelation")
def correlation(d):
    axis = d.choice([-1, -1, 1])

    def make():
        shape = (d.integer(1, 4), d.integer(2, 6)) + ((d.integer(2, 4),) if d.boolean() else ())
        rows = tuple(s for k, s in enumerate(shape) if k != axis % len(shape))
        return d.normal(*shape, scale=1.0), d.normal(*shape, scale=1.0), rows
    return rows_metric(d, build(d, axis=axis), make)


@cases("MeanRelativeError")
def relative(d):
    n = d.integer(1, 6)
    normalizer = d.uniform(n, lo=0.5, hi=2.0).tolist()
    return MetricCase(build(d, normalizer=normalizer), updates(
        d, lambda: (d.normal(n), d.normal(n), weight_for(d, n))))


def scored(d, columns=None):
    """Targets of 0 and 1 with scores; now and then scores that are thresholds, or equal."""
    shape = (d.integer(1, 8),) + ((columns,) if columns else ())
    p = d.uniform(*shape)
    if d.integer(0, 3) == 0:
        p = np.round(p * 4) / 4
    y = d.integers(0, 1, *shape, dtype=d.choice(["float32", "int32", "bool"]))
    return y, p, weight_for(d, *shape)


def of_class(update):
    """With `class_id` a row has one weight."""
    y, p, w = update
    return y, p, w if w is None else w[:, :1]


@cases("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
def counts(d):
    columns = d.choice([None, 3])
    return MetricCase(build(d, **optional(d, thresholds=[0.3, [0.2, 0.7], 0.5])),
                      updates(d, lambda: scored(d, columns)))


@cases("Precision", "Recall")
def precision_and_recall(d):
    columns = d.choice([None, 4])
    config = optional(d, thresholds=[0.3, [0.2, 0.7]])
    if columns:
        config.update(optional(d, class_id=[0, 2], top_k=[1, 2]))
    if "top_k" in config:
        config.pop("thresholds", None)
    fit = of_class if "class_id" in config else tuple
    return MetricCase(build(d, **config), updates(d, lambda: fit(scored(d, columns))))


@cases("SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall",
       "RecallAtPrecision")
def at_constraint(d):
    columns = d.choice([None, 3])
    config = optional(d, num_thresholds=[200, 5, 1])
    if columns:
        config.update(optional(d, class_id=[0, 2]))
    metric = getattr(d.keras.metrics, d.name)(d.choice([0.5, 0.1, 0.75]), **config)
    fit = of_class if "class_id" in config else tuple
    return MetricCase(metric, updates(d, lambda: fit(scored(d, columns))))


@cases("AUC")
def auc(d):
    columns = d.choice([None, 3])
    config = optional(d, num_thresholds=[200, 3, 17], curve=["PR"],
                      summation_method=["minoring", "majoring"], from_logits=[True])
    if not config.get("num_thresholds") and d.boolean():
        config["thresholds"] = [0.2, 0.5, 0.7]
    if columns:
        config.update(optional(d, multi_label=[True], label_weights=[[0.5, 1.0, 2.0]]))

    def one():
        y, p, w = scored(d, columns)
        if config.get("multi_label") and w is not None:
            w = w[:, 0]
        return y, (d.normal(*p.shape) if "from_logits" in config else p), w
    return MetricCase(build(d, **config), updates(d, one))


@cases("F1Score", "FBetaScore")
def f_score(d):
    config = optional(d, average=["micro", "macro", "weighted"], threshold=[0.5, 0.2])
    if d.name == "FBetaScore":
        config.update(optional(d, beta=[0.5, 2.0]))
    c = d.integer(2, 4)

    def one():
        n = d.integer(1, 8)
        y = d.integers(0, 1, n, c) if "threshold" in config else one_hot(d, n, c)
        return y.astype("float32"), d.uniform(n, c), weight_for(d, n)
    return MetricCase(build(d, **config), updates(d, one))


@cases("IoU", "MeanIoU")
def iou(d):
    c = d.integer(2, 4)
    config = {"num_classes": c}
    if d.name == "IoU":
        config["target_class_ids"] = d.choice([[0], [1, 0], list(range(c))])
    config.update(optional(d, ignore_class=[0, c - 1]))
    columns = KERAS3 and d.integer(0, 2) == 0 and "ignore_class" not in config
    if columns:
        config.update(sparse_y_true=False, sparse_y_pred=False)

    def one():
        shape = (d.integer(1, 6),) + ((d.integer(1, 3),) if d.boolean() else ())
        if columns:
            y = one_hot(d, *(shape + (c,))).astype("float32")
            return y, d.normal(*(shape + (c,))), weight_for(d, *shape)
        return d.integers(0, c - 1, *shape), d.integers(0, c - 1, *shape), weight_for(d, *shape)
    return MetricCase(matrix(d, **config), updates(d, one))


@cases("BinaryIoU")
def binary_iou(d):
    config = optional(d, target_class_ids=[[0], [1], [0, 1]], threshold=[0.5, 0.3])
    return MetricCase(matrix(d, **config), updates(d, lambda: scored(d, d.choice([None, 2]))))


@cases("OneHotIoU", "OneHotMeanIoU")
def one_hot_iou(d):
    c = d.integer(2, 4)
    config = {"num_classes": c}
    if d.name == "OneHotIoU":
        config["target_class_ids"] = d.choice([[0], [1, 0]])

    def one():
        shape = (d.integer(1, 6),) + ((d.integer(1, 3),) if d.boolean() else ())
        y = one_hot(d, *(shape + (c,))).astype("float32")
        return y, d.normal(*(shape + (c,))), weight_for(d, *shape)
    return MetricCase(matrix(d, **config), updates(d, one))


@cases("R2Score")
def r2(d):
    config = optional(d, class_aggregation=["uniform_average", "variance_weighted_average", None])
    c = d.integer(1, 3)
    if c == 1:
        config.update(optional(d, num_regressors=[1, 2]))

    def one():
        n = d.integer(4, 8)
        return d.normal(n, c, scale=1.0), d.normal(n, c, scale=1.0), weight_for(d, n)
    return MetricCase(build(d, **config), updates(d, one))
