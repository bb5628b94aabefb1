"""Cases of pooling over windows, over all positions, and to a given size."""
import numpy as np

from reference.draw import Case, cases


def image(d, rank, low=3):
    return d.normal(d.integer(1, 3), *([d.integer(low, 7) for _ in range(rank)] +
                                       [d.integer(1, 4)]))


def apart(d, x):
    """Without two that are nearly the largest, for a maximum in three dimensions: docs/findings."""
    return np.round(x / np.abs(x).max(), 2) if d.name.endswith("MaxPooling3D") else x


def sizes(d, rank, high=3, low=1):
    return d.integer(low, high) if d.boolean() else tuple(d.integer(low, high) for _ in range(rank))


@cases("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D", "MaxPooling3D",
       "AveragePooling3D")
def windows(d):
    rank = int(d.name[-2])
    strides = sizes(d, rank) if d.boolean() else None
    layer = getattr(d.L, d.name)(sizes(d, rank), strides=strides,
                                 padding=d.choice(["valid", "same"]))
    return Case(layer, apart(d, image(d, rank)))


@cases("GlobalMaxPooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling2D",
       "GlobalAveragePooling2D", "GlobalMaxPooling3D", "GlobalAveragePooling3D")
def everywhere(d):
    order = d.choice(["channels_last", "channels_first"])
    layer = getattr(d.L, d.name)(keepdims=d.boolean(), data_format=order)
    x = image(d, int(d.name[-2]))
    masked = d.name == "GlobalAveragePooling1D" and order == "channels_last" and d.boolean()
    return Case(layer, x, mask=d.mask(x.shape[0], x.shape[1]) if masked else None)


@cases("AdaptiveMaxPooling1D", "AdaptiveAveragePooling1D", "AdaptiveMaxPooling2D",
       "AdaptiveAveragePooling2D", "AdaptiveMaxPooling3D", "AdaptiveAveragePooling3D")
def adaptive(d):
    rank = int(d.name[-2])
    # A size of 1 ends the process on Keras 3.15.1 with TensorFlow on CPU.
    return Case(getattr(d.L, d.name)(sizes(d, rank, 4, low=2)), apart(d, image(d, rank, 4)))
