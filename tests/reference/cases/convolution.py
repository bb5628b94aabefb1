"""Cases of convolutions: every rank, padding, stride, dilation, group and activation."""
import numpy as np

from reference.draw import Case, cases

ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "softplus"]


def image(d, rank, channels):
    """An input with room for each window that `common` draws."""
    top = {1: 12, 2: 8, 3: 6}[rank]
    return d.normal(d.integer(1, 3), *([d.integer(5, top) for _ in range(rank)] + [channels]))


def size(d, rank, high=3):
    """One number for all axes, or one for each."""
    return d.integer(1, high) if d.boolean() else tuple(d.integer(1, high) for _ in range(rank))


def common(d, rank, dilated=True, causal=False, even=False):
    """Strides or dilation: the two together are refused."""
    out = {"kernel_size": size(d, rank), "use_bias": d.boolean(),
           "padding": d.choice(["valid", "same"] + (["causal"] if causal else [])),
           "activation": d.choice(ACTIVATIONS), "bias_initializer": "random_normal"}
    if dilated and d.boolean():
        out["dilation_rate"] = d.integer(1, 2) if even else size(d, rank, 2)
    else:
        out["strides"] = d.integer(1, 3) if even else size(d, rank)
    return out


def reject_jumps(d, rank, options):
    """Leaves out windows of one position that jump over others, whose gradient destroys the memory of
    the process: docs/findings/strided-pointwise-gradient-corrupts-memory.md"""
    sizes, strides = (np.ravel(options.get(name, 1)) for name in ("kernel_size", "strides"))
    if rank < 3 and max(sizes) == 1 and max(strides) > 1:
        d.reject()


@cases("Conv1D", "Conv2D", "Conv3D")
def plain(d):
    rank, groups = int(d.name[4]), d.choice([1, 1, 2, 3])
    options = common(d, rank, causal=rank == 1)
    reject_jumps(d, rank, options)
    layer = getattr(d.L, d.name)(groups * d.integer(1, 3), groups=groups, **options)
    return Case(layer, image(d, rank, groups * d.integer(1, 3)))


@cases("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(d):
    rank = int(d.name[4])
    options = common(d, rank, dilated=False)
    if rank < 3 and d.boolean():  # dilated ones of three axes do not run on every CPU
        options.update(strides=1, dilation_rate=d.integer(1, 2))
    elif d.boolean():
        strides = options["strides"]
        least = min(strides) if isinstance(strides, tuple) else strides
        options["output_padding"] = d.integer(0, least - 1)
        # An even kernel with "same" and no output_padding leaves fewer positions than inputs.
        if options["padding"] == "same" and options["output_padding"] == 0:
            options["kernel_size"] = d.choice([1, 3])
    reject_jumps(d, rank, options)
    return Case(getattr(d.L, d.name)(d.integer(1, 3), **options), image(d, rank, d.integer(1, 3)))


@cases("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(d):
    rank = int(d.name[-2])
    layer = getattr(d.L, d.name)(depth_multiplier=d.integer(1, 2), **common(d, rank, even=True))
    return Case(layer, image(d, rank, d.integer(1, 3)))


@cases("SeparableConv1D", "SeparableConv2D")
def separable(d):
    rank = int(d.name[-2])
    options = common(d, rank, causal=rank == 1 and not d.keras3, even=True)
    layer = getattr(d.L, d.name)(d.integer(1, 4), depth_multiplier=d.integer(1, 2), **options)
    return Case(layer, image(d, rank, d.integer(1, 3)))


@cases("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(d):
    rank = int(d.name[-2])
    options = {"kernel_size": size(d, rank), "strides": size(d, rank), "use_bias": d.boolean(),
               "activation": d.choice(ACTIVATIONS), "bias_initializer": "random_normal",
               "implementation": d.choice([1, 2])}
    return Case(getattr(d.L, d.name)(d.integer(1, 3), **options), image(d, rank, d.integer(1, 3)))
