"""Regularization layers: the draws are read off the output."""
from reference.draw import Case, cases


class Drawn(Case):
    rules = ("layer-output", "layer-property")


class Noise(Case):
    rules = ("layer-property", "layer-output")


def block(d, ranks=(2, 4)):
    return d.normal(*[d.integer(2, 8) for _ in range(d.integer(*ranks))])


@cases("Dropout")
def dropout(d):
    x = block(d)
    shape = None
    if d.boolean():
        shape = tuple(d.choice([1, int(n)]) for n in x.shape)
    return Drawn(d.L.Dropout(d.choice([0.0, 0.1, 0.4, 0.9]), noise_shape=shape), x,
                 training=d.boolean())


@cases("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def spatial(d):
    rank = int(d.name[-2])
    kwargs = {}
    if rank > 1:
        kwargs["data_format"] = d.choice(["channels_last", "channels_first"])
    return Drawn(getattr(d.L, d.name)(d.choice([0.1, 0.5]), **kwargs), block(d, (rank + 2, rank + 2)),
                 training=d.boolean())


@cases("AlphaDropout")
def alpha(d):
    x = block(d)
    shape = tuple(d.choice([1, int(n)]) for n in x.shape) if d.boolean() else None
    return Drawn(d.L.AlphaDropout(d.choice([0.0, 0.1, 0.4]), noise_shape=shape), x,
                 training=d.boolean())


def rows(d):
    """Enough elements to tell a deviation, where a fault is to be told from chance."""
    return d.normal(d.count(8, 6000), *[d.integer(2, 8) for _ in range(d.integer(1, 3))])


@cases("GaussianNoise")
def noise(d):
    return Noise(d.L.GaussianNoise(d.choice([0.1, 0.5, 1.0])), rows(d), training=d.training())


@cases("GaussianDropout")
def gaussian(d):
    return Noise(d.L.GaussianDropout(d.choice([0.1, 0.5])), rows(d), training=d.training())
