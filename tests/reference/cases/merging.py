"""Merging layers."""
from reference.draw import Case, cases


@cases("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract")
def merge(d):
    count = 2 if d.name == "Subtract" else d.integer(2, 4)
    shape = [d.integer(1, 4) for _ in range(d.integer(2, 4))]
    shapes = [list(shape) for _ in range(count)]
    if d.boolean():  # one input is spread over an axis
        shapes[-1][d.integer(1, len(shape) - 1)] = 1
    elif d.boolean() and len(shape) > 2:  # or has fewer axes
        del shapes[-1][1]
    if d.keras3 and d.name in ("Add", "Average") and like_a_bias(shapes):
        d.reject()  # docs/findings/add-column-as-row.md
    return Case(getattr(d.L, d.name)(), [d.normal(*s) for s in shapes])


def like_a_bias(shapes):
    """One input has a single axis longer than 1, as long as an axis of channels of the others."""
    return any(sum(n > 1 for n in s) == 1 and max(s) in (shapes[0][1], shapes[0][-1])
               for s in shapes[1:])


@cases("Concatenate")
def concatenate(d):
    shape = [d.integer(1, 4) for _ in range(d.integer(2, 4))]
    axis = d.integer(1, len(shape) - 1)
    parts = []
    for _ in range(d.integer(2, 4)):
        parts.append(d.normal(*[d.integer(1, 4) if i == axis else s for i, s in enumerate(shape)]))
    return Case(d.L.Concatenate(axis=d.choice([axis, axis - len(shape)])), parts)


@cases("Dot")
def dot(d):
    n, k = d.integer(1, 3), d.integer(1, 6)
    sides, axes = [], []
    for _ in range(2):
        others = [d.integer(1, 4) for _ in range(d.integer(0, 2))]
        place = d.integer(0, len(others))
        sides.append(d.normal(n, *(others[:place] + [k] + others[place:])))
        axes.append(place + 1)
    same = axes[0] if axes[0] == axes[1] and d.boolean() else tuple(axes)
    return Case(d.L.Dot(axes=same, normalize=d.boolean()), sides)
