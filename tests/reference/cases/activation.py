"""Cases of activation layers and of every function of keras.activations that needs no argument."""
from reference.draw import Case, cases

FUNCTIONS = [
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu",
    "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign",
    "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink"]


def block(d):
    """Any rank, sometimes far from zero, sometimes with values that are exactly at an edge."""
    shape = [d.integer(1, 4) for _ in range(d.integer(2, 4))]
    shape[-1] = 2 * d.integer(1, 4)
    x = d.normal(*shape) * d.choice([1, 10])
    edges = d.integers(-6, 6, *shape) / 2.0
    return x if d.boolean() else edges.astype("float32")


@cases("Activation")
def activation(d):
    name = d.choice([name for name in FUNCTIONS if hasattr(d.keras.activations, name)])
    x = block(d)
    if name == "sparsemax":  # equal values: docs/findings/sparsemax-ties.md
        x = d.normal(*x.shape)
    if name == "glu":  # the shape that it declares: docs/findings/glu-declared-shape.md
        d.reject()
    return Case(d.L.Activation(name), x)


@cases("ReLU")
def relu(d):
    return Case(d.L.ReLU(max_value=d.choice([None, 1.5, 6.0]), negative_slope=d.choice([0, 0.1]),
                         threshold=d.choice([0, 0.3, 1.0])), block(d))


@cases("LeakyReLU")
def leaky_relu(d):
    slope = d.choice([0.0, 0.1, 0.3, 2.0])
    return Case(d.L.LeakyReLU(slope) if d.boolean() else d.L.LeakyReLU(), block(d))


@cases("ELU")
def elu(d):
    return Case(d.L.ELU(alpha=d.choice([0.3, 1.0, 1.7])), block(d))


@cases("ThresholdedReLU")
def thresholded_relu(d):
    return Case(d.L.ThresholdedReLU(theta=d.choice([0.0, 0.5, 1.0])), block(d))


@cases("PReLU")
def prelu(d):
    x = d.normal(d.integer(1, 3), 3, 4, d.integer(1, 3))
    shared = d.choice([None, [1], [1, 2], [3]])
    return Case(d.L.PReLU(alpha_initializer="random_normal", shared_axes=shared), x)


@cases("Softmax")
def softmax(d):
    x = d.normal(d.integer(1, 3), d.integer(2, 4), d.integer(2, 5)) * d.choice([1, 10])
    axis = d.choice([-1, 1, 2, (1, 2), [-1, 1]])
    mask = d.integers(0, 1, *x.shape).astype(bool) if d.boolean() else None
    return Case(d.L.Softmax(axis=axis), x, mask=mask)
