"""Activation layers."""
from reference.cases.core import ACTIVATIONS
from reference.draw import Case, cases


def features(d):
    return d.normal(*[d.integer(1, 5) for _ in range(d.integer(2, 4))])


@cases("Activation")
def activation(d):
    return Case(d.L.Activation(d.choice(ACTIVATIONS)), features(d))


@cases("ReLU")
def relu(d):
    slope = d.choice([0.0, 0.1])
    return Case(d.L.ReLU(max_value=d.choice([None, 2.0]), negative_slope=slope), features(d))


@cases("LeakyReLU", "PReLU")
def leaky(d):
    return Case(getattr(d.L, d.name)(), features(d))


@cases("ELU")
def elu(d):
    return Case(d.L.ELU(alpha=d.choice([1.0, 0.7])), features(d))


@cases("Softmax")
def softmax(d):
    return Case(d.L.Softmax(axis=d.choice([-1, 1])), features(d))
