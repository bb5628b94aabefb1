"""Core layers."""
from reference.draw import Case, cases

ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu",
               "gelu", "swish", "exponential", "hard_sigmoid"]


@cases("Dense")
def dense(d):
    shape = [d.integer(1, 4) for _ in range(d.integer(2, 4))]
    layer = d.L.Dense(d.integer(1, 5), activation=d.choice(ACTIVATIONS), use_bias=d.boolean())
    return Case(layer, d.normal(*shape))


@cases("Embedding")
def embedding(d):
    n, t, size = d.integer(1, 3), d.integer(1, 5), d.integer(1, 7)
    return Case(d.L.Embedding(size, d.integer(1, 4), mask_zero=d.boolean()),
                d.integers(0, size - 1, n, t))


@cases("Masking")
def masking(d):
    n, t, c = d.integer(1, 3), d.integer(1, 5), d.integer(1, 3)
    return Case(d.L.Masking(d.choice([0.0, 1.0])),
                d.normal(n, t, c) * d.integers(0, 1, n, t, 1).astype("float32"))
