"""Reshaping layers."""
from reference.draw import Case, cases


def image(d):
    return d.normal(d.integer(1, 3), d.integer(3, 6), d.integer(3, 6), d.integer(1, 4))


def sequence(d):
    return d.normal(d.integer(1, 3), d.integer(3, 6), d.integer(1, 4))


def pairs(d):
    return ((d.integer(0, 1), d.integer(0, 1)), (d.integer(0, 1), d.integer(0, 1)))


@cases("Flatten")
def flatten(d):
    return Case(d.L.Flatten(), image(d))


@cases("Reshape")
def reshape(d):
    x = image(d)
    return Case(d.L.Reshape(d.choice([(-1, x.shape[1]), (x.shape[3], -1), (-1,)])), x)


@cases("Permute")
def permute(d):
    return Case(d.L.Permute(d.choice([(1, 2, 3), (3, 1, 2), (2, 3, 1), (2, 1, 3)])), image(d))


@cases("RepeatVector")
def repeat(d):
    return Case(d.L.RepeatVector(d.integer(1, 4)), d.normal(d.integer(1, 3), d.integer(1, 4)))


@cases("ZeroPadding1D", "Cropping1D")
def border1d(d):
    return Case(getattr(d.L, d.name)((d.integer(0, 1), d.integer(0, 1))), sequence(d))


@cases("ZeroPadding2D", "Cropping2D")
def border2d(d):
    return Case(getattr(d.L, d.name)(pairs(d)), image(d))


@cases("UpSampling1D")
def up1d(d):
    return Case(d.L.UpSampling1D(d.integer(1, 3)), sequence(d))


@cases("UpSampling2D")
def up2d(d):
    return Case(d.L.UpSampling2D((d.integer(1, 3), d.integer(1, 3))), image(d))
