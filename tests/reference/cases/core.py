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
    shape = [d.integer(1, 4) for _ in range(d.integer(1, 3))]
    size, kind = d.integer(1, 7), d.choice(["int32", "int64", "float32"])
    return Case(d.L.Embedding(size, d.integer(1, 4), mask_zero=d.boolean()),
                d.integers(0, size - 1, *shape, dtype=kind))


@cases("Masking")
def masking(d):
    n, t, c = d.integer(1, 3), d.integer(1, 5), d.integer(1, 3)
    value = d.choice([0.0, 1.0, -2.0])
    x = d.normal(n, t, c)
    x[d.mask(n, t)] = value
    return Case(d.L.Masking(value), x)


@cases("Identity", "ActivityRegularization")
def identity(d):
    layer = d.L.Identity() if d.name == "Identity" else d.L.ActivityRegularization(l1=0.1, l2=0.2)
    return Case(layer, d.normal(*[d.integer(1, 4) for _ in range(d.integer(1, 4))]))


@cases("ReversibleEmbedding")
def reversible(d):
    size, width = d.integer(1, 7), d.integer(1, 4)
    layer = d.L.ReversibleEmbedding(size, width, tie_weights=d.boolean(),
                                    logit_soft_cap=d.choice([None, 2.0]))
    if d.boolean():
        return Case(layer, d.integers(0, size - 1, 2, d.integer(1, 4)))
    layer.build((2, 3))
    return Case(layer, d.normal(2, 3, width), kwargs={"reverse": True})


@cases("InputLayer")
def input_layer(d):
    """What a model of nothing but an input gives."""
    shape = tuple(d.integer(1, 4) for _ in range(d.integer(0, 3)))
    kind = d.choice(["float32", "float64", "float16"])
    made = d.keras.Input(shape, dtype=kind)
    model = d.keras.Model(made, made)
    shape = (d.integer(1, 3),) + shape
    x = d.integers(-9, 9, *shape) if d.boolean() else d.normal(*shape, dtype=kind)
    return Case(model.layers[0], x, applied=model)
