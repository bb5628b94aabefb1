"""Faults put into Keras's own layers while they run: {class: [context manager of the layer]}."""
import contextlib

import numpy as np

from reference.framework import KERAS3, keras, to_numpy

PATCHES = {}


def patch(*names):
    def register(function):
        made = contextlib.contextmanager(function)
        for name in names:
            PATCHES.setdefault(name, []).append(made)
        return made
    return register


@contextlib.contextmanager
def attribute(owner, name, value):
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def around(change):
    """A layer whose `call` returns `change` of what it returned."""
    def of(layer):
        original = layer.call

        def call(*args, **kwargs):
            return change(original(*args, **kwargs))

        with attribute(layer, "call", call):
            yield
    return of


@patch("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "Conv2DTranspose", "EinsumDense")
def bias_added_twice(layer):
    held = getattr(layer, "bias", None)
    kept = None if held is None else to_numpy(held).copy()
    if kept is not None:
        held.assign(kept * 2)
    try:
        yield
    finally:
        if kept is not None:
            held.assign(kept)


@patch("Dense", "Conv1D", "Conv2D", "Activation", "SimpleRNN")
def activation_with_a_wrong_slope(layer):
    original = layer.activation
    with attribute(layer, "activation", lambda x: original(x * 1.05)):
        yield


@patch("Dense", "Conv1D", "Conv2D")
def activation_forgotten(layer):
    with attribute(layer, "activation", lambda x: x):
        yield


@patch("LSTM", "GRU")
def recurrent_activation_is_the_hard_one(layer):
    cell = layer.cell
    soft = keras.activations.get("hard_sigmoid")
    with attribute(cell, "recurrent_activation", soft):
        yield


@patch("LSTM", "GRU", "SimpleRNN")
def recurrent_kernel_off_by_one_step(layer):
    weight = layer.cell.recurrent_kernel
    kept = to_numpy(weight).copy()
    weight.assign(np.roll(kept, 1, axis=-1))
    try:
        yield
    finally:
        weight.assign(kept)


@patch("LayerNormalization", "BatchNormalization", "GroupNormalization", "UnitNormalization")
def epsilon_outside_the_root(layer):
    # sqrt(v) + e = sqrt(v + e') for the e' of v = 1: the same at unit variance, wrong elsewhere
    epsilon = getattr(layer, "epsilon", None)
    if epsilon is None:
        yield
        return
    with attribute(layer, "epsilon", 2 * epsilon + epsilon * epsilon):
        yield


@patch("AveragePooling1D", "AveragePooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
       "Average", "LayerNormalization")
def mean_over_the_wrong_count(layer):
    yield from around(lambda y: y * (4.0 / 3.0))(layer)


if KERAS3:
    @patch("Softmax")
    def softmax_over_the_wrong_axis(layer):
        with attribute(layer, "axis", 0):
            yield

    @patch("Dropout")
    def kept_units_not_scaled(layer):
        rate = layer.rate
        yield from around(lambda y: y * (1 - rate))(layer)
