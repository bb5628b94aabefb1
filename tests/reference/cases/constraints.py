"""Constraints."""
from reference.draw import cases
from reference.weights import ConstraintCase


def steps(d, constraint, *shape):
    return ConstraintCase(constraint, d.normal(*shape),
                          [d.normal(*shape) for _ in range(d.integer(1, 3))],
                          momentum=d.choice([0.0, 0.9]))


def axes(d, rank):
    return d.choice([0, rank - 1, -1, list(range(max(1, rank - 1)))])


@cases("MaxNorm", "UnitNorm", "MinMaxNorm")
def norms(d):
    shape = [d.integer(1, 6) for _ in range(d.integer(1, 4))]
    options = {"MaxNorm": lambda: dict(max_value=d.choice([2, 0.1, 1.0])), "UnitNorm": dict,
               "MinMaxNorm": lambda: dict(min_value=d.choice([0.0, 0.5]),
                                          max_value=d.choice([1.0, 2.0]),
                                          rate=d.choice([1.0, 0.3]))}[d.name]()
    made = getattr(d.keras.constraints, d.name)(axis=axes(d, len(shape)), **options)
    return steps(d, made, *shape)


@cases("NonNeg")
def positive(d):
    return steps(d, d.keras.constraints.NonNeg(), *[d.integer(1, 6) for _ in range(d.integer(1, 4))])


@cases("RadialConstraint")
def radial(d):
    # tf.keras 2.15 raises an error for a kernel of one cell.
    side, made = d.integer(2, 6), d.keras.constraints.RadialConstraint()
    return steps(d, made, side, side, d.integer(1, 3), d.integer(1, 3))
