"""Pooling layers."""
from reference.draw import Case, cases


def image(d, rank):
    sides = [d.integer(3, 7) for _ in range(rank)]
    return d.normal(d.integer(1, 3), *sides, d.integer(1, 4))


@cases("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D")
def pooling(d):
    rank = int(d.name[-2])
    layer = getattr(d.L, d.name)(d.integer(1, 3), strides=d.integer(1, 2),
                                 padding=d.choice(["valid", "same"]))
    return Case(layer, image(d, rank))


@cases("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling2D")
def global_pooling(d):
    return Case(getattr(d.L, d.name)(keepdims=d.boolean()), image(d, int(d.name[-2])))
