"""Normalization layers."""
from reference.draw import Case, cases


@cases("BatchNormalization")
def batch(d):
    layer = d.L.BatchNormalization(epsilon=d.choice([1e-3, 1e-5]), center=d.boolean(),
                                   scale=d.boolean())
    return Case(layer, d.normal(d.integer(2, 5), d.integer(1, 4), d.integer(1, 4)),
                training=d.boolean())


@cases("LayerNormalization")
def layer(d):
    layer = d.L.LayerNormalization(epsilon=d.choice([1e-3, 1e-5]), center=d.boolean(),
                                   scale=d.boolean())
    return Case(layer, d.normal(d.integer(1, 4), d.integer(1, 4), d.integer(2, 6)))
