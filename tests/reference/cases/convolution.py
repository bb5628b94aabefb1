"""Convolution layers."""
from reference.draw import Case, cases


def padding(d, *more):
    return d.choice(["valid", "same", *more])


@cases("Conv1D")
def conv1d(d):
    n, c = d.integer(1, 3), d.integer(1, 5)
    layer = d.L.Conv1D(d.integer(1, 5), d.integer(1, 3), padding=padding(d, "causal"),
                       dilation_rate=d.integer(1, 2), use_bias=d.boolean(),
                       activation=d.choice(["linear", "relu"]))
    return Case(layer, d.normal(n, d.integer(5, 9), c))


@cases("Conv2D")
def conv2d(d):
    n, groups = d.integer(1, 3), d.integer(1, 2)
    layer = d.L.Conv2D(groups * d.integer(1, 3), (d.integer(1, 3), d.integer(1, 3)),
                       strides=d.integer(1, 2), padding=padding(d), groups=groups,
                       use_bias=d.boolean())
    return Case(layer, d.normal(n, d.integer(3, 8), d.integer(3, 8), groups * d.integer(1, 3)))


@cases("DepthwiseConv2D")
def depthwise(d):
    layer = d.L.DepthwiseConv2D(d.integer(1, 3), strides=d.integer(1, 2), padding=padding(d),
                                depth_multiplier=d.integer(1, 2), use_bias=d.boolean())
    return Case(layer, d.normal(d.integer(1, 3), d.integer(3, 8), d.integer(3, 8), d.integer(1, 4)))


@cases("SeparableConv1D")
def separable1d(d):
    more = [] if d.keras3 else ["causal"]
    layer = d.L.SeparableConv1D(d.integer(1, 4), d.integer(1, 3), padding=padding(d, *more),
                                depth_multiplier=d.integer(1, 2), use_bias=d.boolean())
    return Case(layer, d.normal(d.integer(1, 3), d.integer(3, 8), d.integer(1, 4)))


@cases("SeparableConv2D")
def separable2d(d):
    layer = d.L.SeparableConv2D(d.integer(1, 4), (d.integer(1, 3), d.integer(1, 3)),
                                strides=d.integer(1, 2), padding=padding(d), use_bias=d.boolean())
    return Case(layer, d.normal(d.integer(1, 3), d.integer(3, 8), d.integer(3, 8), d.integer(1, 4)))


@cases("Conv1DTranspose")
def transpose1d(d):
    layer = d.L.Conv1DTranspose(d.integer(1, 4), d.integer(1, 4), strides=d.integer(1, 3),
                                padding=padding(d), use_bias=d.boolean())
    return Case(layer, d.normal(d.integer(1, 3), d.integer(1, 6), d.integer(1, 4)))


@cases("Conv2DTranspose")
def transpose2d(d):
    layer = d.L.Conv2DTranspose(d.integer(1, 4), (d.integer(1, 4), d.integer(1, 4)),
                                strides=(d.integer(1, 2), d.integer(1, 3)), padding=padding(d),
                                use_bias=d.boolean())
    return Case(layer, d.normal(d.integer(1, 3), d.integer(1, 5), d.integer(1, 5), d.integer(1, 4)))
