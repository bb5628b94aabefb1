"""Normalization layers."""
import numpy as np

from reference.draw import Case, cases


def block(d, low=1, high=4, ranks=(2, 4)):
    return d.normal(*[d.integer(low, high) for _ in range(d.integer(*ranks))])


def flags(d):
    return {"epsilon": d.choice([1e-3, 1e-5]), "center": d.boolean(), "scale": d.boolean()}


@cases("BatchNormalization")
def batch(d):
    x = block(d, 2, 5)
    axis = d.choice([-1, d.integer(1, x.ndim - 1)])
    training = d.boolean()
    mask = None
    if d.keras3 and training and x.ndim == 3 and d.boolean():
        mask = d.mask(*x.shape[:2])
        mask[0, 0] = True
    return Case(d.L.BatchNormalization(axis=axis, momentum=d.choice([0.99, 0.5]), **flags(d)), x,
                mask=mask, training=training)


@cases("LayerNormalization")
def layer(d):
    x = block(d, 2, 6)
    axis = d.choice([-1, d.integer(1, x.ndim - 1), list(range(1, x.ndim))])
    return Case(d.L.LayerNormalization(axis=axis, **flags(d)), x)


@cases("GroupNormalization")
def group(d):
    groups = d.integer(1, 3)
    sides = [d.integer(1, 4) for _ in range(d.integer(1, 2))]
    channels = groups * d.integer(1, 3)
    x = d.normal(d.integer(1, 3), *sides, channels)
    if element_count(sides) * channels // groups < 2:
        d.reject()
    return Case(d.L.GroupNormalization(d.choice([groups, 1, -1]), **flags(d)), x)


def element_count(sides):
    return int(np.prod(sides))


@cases("RMSNormalization")
def rms(d):
    x = block(d, 1, 6)
    axis = -1  # the scale of another one: docs/findings/rms-scale-along-last-axis.md
    return Case(d.L.RMSNormalization(axis=axis, epsilon=d.choice([1e-6, 1e-3])), x)


@cases("UnitNormalization")
def unit(d):
    x = block(d, 1, 6)
    axis = d.choice([-1, d.integer(1, x.ndim - 1), list(range(1, x.ndim))])
    return Case(d.L.UnitNormalization(axis=axis), x)


@cases("SpectralNormalization")
def spectral(d):
    if d.boolean():
        inner, x = d.L.Dense(d.integer(1, 5)), d.normal(d.integer(1, 3), d.integer(1, 5))
    else:
        inner = d.L.Conv2D(d.integer(1, 4), d.integer(1, 2))
        x = d.normal(d.integer(1, 3), 4, 5, d.integer(1, 3))
    layer = d.L.SpectralNormalization(inner, power_iterations=d.integer(1, 3))
    return Case(layer, x, training=d.boolean())
