"""Merging layers."""
from reference.draw import Case, cases


@cases("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Subtract")
def merge(d):
    count = 2 if d.name == "Subtract" else d.integer(2, 4)
    shape = [d.integer(1, 4) for _ in range(d.integer(2, 4))]
    return Case(getattr(d.L, d.name)(), [d.normal(*shape) for _ in range(count)])
