"""Regularizers."""
from reference.draw import cases
from reference.weights import RegularizerCase

FACTORS = [0.01, 1.0, 0.0, 3e-5]


def shape(d):
    return tuple(d.integer(1, 12) for _ in range(d.integer(1, 4)))


@cases("L1", "L2")
def single(d):
    dtype = d.choice(["float32", "float32", "float16"])
    return RegularizerCase(getattr(d.keras.regularizers, d.name)(d.choice(FACTORS)),
                           d.normal(*shape(d), dtype=dtype, scale=0.3 if dtype == "float16" else None))


@cases("L1L2")
def both(d):
    return RegularizerCase(d.keras.regularizers.L1L2(d.choice(FACTORS), d.choice(FACTORS)),
                           d.normal(*shape(d)))


@cases("OrthogonalRegularizer")
def orthogonal(d):
    made = d.keras.regularizers.OrthogonalRegularizer(d.choice(FACTORS), d.choice(["rows", "columns"]))
    return RegularizerCase(made, d.normal(d.integer(2, 12), d.integer(2, 12)))
