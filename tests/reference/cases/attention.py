"""Attention layers and EinsumDense.

Heads have at least two features: Keras 3 adds a bias of shape (n, 1) along the wrong axis of some
outputs (docs/findings/bias-along-another-axis.md). The dimensions of a leading ellipsis are as long
as each other: their declared order is reversed (docs/findings/einsum-dense-declared-shape.md)."""
from reference.draw import Case, cases


def sizes(d):
    return d.integer(1, 3), d.integer(1, 5), d.integer(1, 5), d.integer(1, 4)


def flags(d):
    return {name: True for name in ("return_attention_scores", "use_causal_mask") if d.boolean()}


@cases("Attention", "AdditiveAttention")
def single(d):
    n, t, s, c = sizes(d)
    options = {"use_scale": d.boolean(), "dropout": d.choice([0.0, 0.5])}
    if d.name == "Attention":
        options["score_mode"] = d.choice(["dot", "concat"])
    inputs = [d.normal(n, t, c), d.normal(n, s, c)] + ([d.normal(n, s, c)] if d.boolean() else [])
    masks = [d.mask(n, t) if d.boolean() else None, d.mask(n, s) if d.boolean() else None]
    if len(inputs) == 3:
        masks.append(None)
    return Case(getattr(d.L, d.name)(**options), inputs, training=False, kwargs=flags(d),
                mask=masks if any(m is not None for m in masks) else None)


def masks(d, n, t, s):
    """Keyword arguments of a call with several heads."""
    given = flags(d)
    if d.boolean():
        shape = d.choice([(n, t, s), (t, s), (n, 1, t, s), (1, t, s)])
        given["attention_mask"] = d.random().rand(*shape) < 0.7
    elif d.keras3:
        for name, length in (("query", t), ("value", s), ("key", s)):
            if d.boolean():
                given[name + "_mask"] = d.mask(n, length)
    return given


def others(d, n, s, c):
    value = d.normal(n, s, c)
    return [value, d.normal(n, s, c)] if d.boolean() else [value]


def several_axes(d):
    n, a, b, e, c = (d.integer(1, 3) for _ in range(5))
    axes = d.choice([None, (1,), (2,), (1, 2)])
    layer = d.L.MultiHeadAttention(2, d.integer(2, 3), attention_axes=axes)
    scores = {"return_attention_scores": True} if d.boolean() else {}
    key = (n, e if axes == (1,) else a, e if axes == (2,) else b, c)
    return Case(layer, d.normal(n, a, b, c), extra=[d.normal(*key)], kwargs=scores, training=False)


@cases("MultiHeadAttention")
def multi_head(d):
    if d.choice([0, 1, 2]) == 2:
        return several_axes(d)
    n, t, s, c = sizes(d)
    options = {"value_dim": d.choice([None, 2, 3]), "use_bias": d.boolean(),
               "dropout": d.choice([0.0, 0.5]), "output_shape": d.choice([None, 2, (2, 3)])}
    if options["output_shape"] == 2:
        options["output_shape"] = (2,)
    layer = d.L.MultiHeadAttention(d.integer(1, 3), d.integer(2, 4), **options)
    return Case(layer, d.normal(n, t, c), extra=others(d, n, s, c), kwargs=masks(d, n, t, s),
                training=False)


@cases("GroupQueryAttention")
def grouped(d):
    n, t, s, c = sizes(d)
    shared = d.integer(1, 2)
    layer = d.L.GroupQueryAttention(d.integer(2, 4), shared * d.integer(1, 3), shared,
                                    use_bias=d.boolean(), dropout=d.choice([0.0, 0.5]))
    return Case(layer, d.normal(n, t, c), extra=others(d, n, s, c), kwargs=masks(d, n, t, s),
                training=False)


# Equation, shape of the output without its batch axis, the axes that a bias may lie along.
EQUATIONS = [("ab,bc->ac", "c", "c"), ("abc,cd->abd", "bd", "bd"), ("...x,xy->...y", "y", "y"),
             ("abc,cde->abde", "bde", "de"), ("abcd,cde->abe", "be", "e"), ("abc,bc->ab", "b", "b"),
             ("ab,cb->ac", "c", "c"), ("ab...,bc->ac...", "c", None), ("abc,bd->acd", "cd", "d"),
             ("abc,cd->ad", "d", "d")]


@cases("EinsumDense")
def einsum_dense(d):
    equation, out, biases = d.choice(EQUATIONS)
    left, right = equation.split("->")[0].split(",")
    size = {letter: d.integer(2 if letter == "e" else 1, 4) for letter in "abcdexy"}
    if left.startswith("..."):
        shape = [size["a"], size["b"], size["b"], size["x"]]
    elif left.endswith("..."):
        shape = [size["a"], size["b"], size["x"], size["y"]]
    else:
        shape = [size[letter] for letter in left]
    layer = d.L.EinsumDense(equation, output_shape=tuple(size[letter] for letter in out),
                            bias_axes=d.choice([None, biases]),
                            activation=d.choice([None, "relu", "tanh"]))
    return Case(layer, d.normal(*shape))
