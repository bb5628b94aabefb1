"""Reshaping layers."""
from reference.draw import Case, cases


def image(d, rank=2, high=6):
    return d.normal(d.integer(1, 3), *[d.integer(3, high) for _ in range(rank)], d.integer(1, 4))


def order(d):
    return {"data_format": d.choice(["channels_last", "channels_first"])}


def pairs(d, rank):
    """All three documented forms."""
    form = d.integer(0, 2)
    if form == 0:
        return d.integer(0, 1)
    if form == 1:
        return tuple(d.integer(0, 1) for _ in range(rank))
    return tuple((d.integer(0, 1), d.integer(0, 1)) for _ in range(rank))


@cases("Flatten")
def flatten(d):
    return Case(d.L.Flatten(**order(d)), image(d, d.integer(0, 3), 4))


@cases("Reshape")
def reshape(d):
    x = image(d)
    return Case(d.L.Reshape(d.choice([(-1, x.shape[1]), (x.shape[3], -1), (-1,),
                                      (x.shape[2], x.shape[3], x.shape[1])])), x)


@cases("Permute")
def permute(d):
    return Case(d.L.Permute(d.choice([(1, 2, 3), (3, 1, 2), (2, 3, 1), (2, 1, 3)])), image(d))


@cases("RepeatVector")
def repeat(d):
    return Case(d.L.RepeatVector(d.integer(1, 4)), d.normal(d.integer(1, 3), d.integer(1, 4)))


@cases("ZeroPadding1D", "Cropping1D")
def border1d(d):
    edge = d.choice([d.integer(0, 1), (d.integer(0, 1), d.integer(0, 1))])
    return Case(getattr(d.L, d.name)(edge), image(d, 1))


@cases("ZeroPadding2D", "Cropping2D", "ZeroPadding3D", "Cropping3D")
def border(d):
    rank, kwargs = int(d.name[-2]), order(d)
    x = image(d, rank, 5)
    if kwargs["data_format"] == "channels_first":
        x = x.transpose([0, rank + 1] + list(range(1, rank + 1)))
    return Case(getattr(d.L, d.name)(pairs(d, rank), **kwargs), x)


@cases("UpSampling1D")
def up1d(d):
    return Case(d.L.UpSampling1D(d.integer(1, 3)), image(d, 1))


@cases("UpSampling2D")
def up2d(d):
    kind = d.choice(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])
    return Case(d.L.UpSampling2D((d.integer(1, 3), d.integer(1, 3)), interpolation=kind), image(d))


@cases("UpSampling3D")
def up3d(d):
    return Case(d.L.UpSampling3D((d.integer(1, 3), d.integer(1, 2), d.integer(1, 3)), **order(d)),
                image(d, 3, 4))
