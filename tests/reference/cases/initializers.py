"""Initializers."""
from reference.draw import cases
from reference.weights import InitializerCase

DTYPES = ["float32", "float32", "float16", "float64"]


def shape(d, least=1):
    return tuple(d.choice([1, 3, 16, 40]) for _ in range(d.integer(least, 4)))


def seed(d):
    return d.choice([None, 0, 7])


@cases("RandomUniform")
def uniform(d):
    low = d.choice([-0.05, 0.0, 1.0, -3.0])
    made = d.keras.initializers.RandomUniform(low, low + d.choice([0.1, 1.0, 5.0]), seed=seed(d))
    return InitializerCase(made, shape(d), d.choice(DTYPES))


@cases("RandomNormal", "TruncatedNormal")
def normal(d):
    cls = getattr(d.keras.initializers, d.name)
    made = cls(d.choice([0.0, 1.0]), d.choice([0.05, 1.0]), seed=seed(d))
    many = d.count(40, 250000)  # where 1 % of the deviation is to be told
    return InitializerCase(made, (many,) + (1,) * d.integer(0, 3), d.choice(DTYPES))


@cases("VarianceScaling")
def scaling(d):
    made = d.keras.initializers.VarianceScaling(
        d.choice([1.0, 2.0, 0.1]), d.choice(["fan_in", "fan_out", "fan_avg"]),
        d.choice(["truncated_normal", "untruncated_normal", "uniform"]), seed=seed(d))
    return InitializerCase(made, shape(d), d.choice(DTYPES))


@cases("GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform")
def family(d):
    made = getattr(d.keras.initializers, d.name)(seed=seed(d))
    return InitializerCase(made, shape(d), d.choice(DTYPES))


@cases("Orthogonal")
def orthogonal(d):
    made = d.keras.initializers.Orthogonal(d.choice([1.0, 2.0, 0.5]), seed=seed(d))
    return InitializerCase(made, shape(d, 2), d.choice(["float32", "float64"]))


@cases("Zeros", "Ones")
def plain(d):
    return InitializerCase(getattr(d.keras.initializers, d.name)(), shape(d), d.choice(DTYPES))


@cases("Constant")
def constant(d):
    value, dtype = d.choice([0.1, -3.0, 0.0]), d.choice(DTYPES)
    if d.keras3 and (value, dtype) == (0.1, "float64"):
        d.reject()  # in single precision: docs/findings/constant-in-single-precision.md
    return InitializerCase(d.keras.initializers.Constant(value), shape(d), dtype)


@cases("Identity")
def identity(d):
    made = d.keras.initializers.Identity(d.choice([1.0, 0.3]))
    return InitializerCase(made, (d.integer(1, 5), d.integer(1, 5)), d.choice(DTYPES))
