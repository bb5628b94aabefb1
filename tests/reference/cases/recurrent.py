"""Recurrent layers, their cells, and the wrappers over time.

tf.keras adds to the config of an inner layer the shape that it was built for, so that only Keras 3
gives back what it was given."""
from reference.draw import Case, cases

ACTIVATIONS = ["tanh", "relu", "sigmoid", "linear", "softsign"]


def options(d):
    """What every recurrent layer takes beside the arguments of its cell."""
    drawn = {"return_sequences": d.boolean(), "return_state": d.boolean(),
             "go_backwards": d.boolean(), "unroll": d.boolean()}
    if drawn["return_sequences"]:  # documented for sequences only
        drawn["zero_output_for_mask"] = d.boolean()
    return drawn


def cell_options(d, name):
    """The arguments of a cell that change values at inference."""
    drawn = {"use_bias": d.boolean(), "activation": d.choice(ACTIVATIONS),
             "dropout": d.choice([0.0, 0.5]), "recurrent_dropout": d.choice([0.0, 0.5])}
    if not name.startswith("SimpleRNN"):
        drawn["recurrent_activation"] = d.choice(["sigmoid", "hard_sigmoid", "tanh"])
    if name.startswith("GRU"):
        drawn["reset_after"] = d.boolean()
    return drawn


def state_count(name):
    return 2 if name.startswith("LSTM") else 1


def training(d, drawn):
    """Dropout inside a cell is random in training."""
    return False if drawn.get("dropout") or drawn.get("recurrent_dropout") else d.choice(
        [None, True, False])


def inputs(d):
    return d.normal(d.integer(1, 3), d.integer(1, 6), d.integer(1, 5))


def masked(d, x, made=None):
    """Not where the release turns the zeros of an unrolled reversed loop the wrong way round
    (docs/findings/unrolled-backwards-mask.md)."""
    if isinstance(made, d.L.Bidirectional):
        wrong = made.forward_layer.unroll or made.backward_layer.unroll
    else:
        wrong = made is not None and made.unroll and made.go_backwards
    return None if wrong or not d.boolean() else d.mask(x.shape[0], x.shape[1])


@cases("SimpleRNN", "LSTM", "GRU")
def layer(d):
    x, units, drawn = inputs(d), d.integer(1, 5), cell_options(d, d.name)
    states = None
    if d.boolean():
        states = [d.normal(x.shape[0], units, scale=0.5) for _ in range(state_count(d.name))]
    made = getattr(d.L, d.name)(units, **options(d), **drawn)
    return Case(made, x, mask=masked(d, x, made), initial_state=states,
                training=training(d, drawn))


def cell(d, name=None):
    name = name or d.choice(["SimpleRNNCell", "LSTMCell", "GRUCell"])
    return getattr(d.L, name)(d.integer(1, 4), **cell_options(d, name))


def states_of(d, made, n):
    names = made.cells if hasattr(made, "cells") else [made]
    groups = [[d.normal(n, one.units, scale=0.5) for _ in range(state_count(type(one).__name__))]
              for one in names]
    return groups if hasattr(made, "cells") else groups[0]


@cases("SimpleRNNCell", "LSTMCell", "GRUCell")
def single(d):
    made, n = cell(d, d.name), d.integer(1, 3)
    return Case(made, d.normal(n, d.integer(1, 5)), extra=[states_of(d, made, n)])


def stack(d):
    return d.L.StackedRNNCells([cell(d) for _ in range(d.integer(1, 3))])


@cases("StackedRNNCells")
def stacked(d):
    made, n = stack(d), d.integer(1, 3)
    return Case(made, d.normal(n, d.integer(1, 5)), extra=[states_of(d, made, n)],
                config=d.keras3)


@cases("RNN")
def rnn(d):
    x, stacked = inputs(d), d.boolean()
    made = stack(d) if stacked else cell(d)
    state = states_of(d, made, x.shape[0]) if d.boolean() else None
    layer = d.L.RNN(made, **options(d))
    # Keras 3 raises an error for masks over nested states, and where it unrolls them.
    nested = stacked and d.keras3
    layer.unroll = layer.unroll and not nested
    return Case(layer, x, mask=None if nested else masked(d, x, layer), initial_state=state,
                training=False, config=d.keras3)


def recurrent(d, **fixed):
    name = d.choice(["SimpleRNN", "LSTM", "GRU", "RNN"])
    drawn = dict(options(d), **fixed)
    if name == "RNN":
        return d.L.RNN(cell(d), **drawn)
    return getattr(d.L, name)(d.integer(1, 4), **cell_options(d, name), **drawn)


@cases("Bidirectional")
def bidirectional(d):
    x, mode = inputs(d), d.choice(["concat", "sum", "mul", "ave", None])
    inner = recurrent(d, go_backwards=False)
    back = None
    if d.boolean():
        fixed = {name: getattr(inner, name) for name in ("return_sequences", "return_state")}
        name = type(getattr(inner, "cell", inner)).__name__.replace("Cell", "")
        back = getattr(d.L, name)(inner.cell.units, go_backwards=True, **fixed)
    layer = d.L.Bidirectional(inner, merge_mode=mode, backward_layer=back)
    return Case(layer, x, mask=masked(d, x, layer), training=False, config=d.keras3)


INNER = {"Dense": lambda d, x: (d.L.Dense(d.integer(1, 4), activation="relu"), x),
         "LSTM": lambda d, x: (d.L.LSTM(d.integer(1, 3), return_sequences=d.boolean()), x),
         "Conv1D": lambda d, x: (d.L.Conv1D(d.integer(1, 4), 1), x),
         "Flatten": lambda d, x: (d.L.Flatten(), x),
         "LayerNormalization": lambda d, x: (d.L.LayerNormalization(), x),
         "GlobalMaxPooling1D": lambda d, x: (d.L.GlobalMaxPooling1D(), x)}


@cases("TimeDistributed")
def time_distributed(d):
    n, t = d.integer(1, 3), d.integer(1, 5)
    name = d.choice(sorted(INNER))
    inner, x = INNER[name](d, d.normal(n, t, d.integer(1, 4), d.integer(2, 4)))
    # Layers that take no mask: tf.keras raises an error.
    plain = name not in ("LSTM", "LayerNormalization") and (d.keras3 or inner.supports_masking)
    return Case(d.L.TimeDistributed(inner), x, config=d.keras3,
                mask=d.mask(n, t) if plain and d.boolean() else None)


@cases("SpectralNormalization")
def spectral(d):
    return Case(d.L.SpectralNormalization(d.L.Dense(d.integer(1, 4), use_bias=d.boolean())),
                d.normal(d.integer(1, 3), d.integer(1, 4)), training=False, config=d.keras3)


@cases("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(d):
    axes = int(d.name[-2])
    n, t = d.integer(1, 2), d.integer(1, 4)
    strides = d.integer(1, 2)
    layer = getattr(d.L, d.name)(
        d.integer(1, 3), tuple(d.integer(1, 3) for _ in range(axes)), strides=strides,
        padding=d.choice(["valid", "same"]), dilation_rate=1 if strides > 1 else d.integer(1, 2),
        activation=d.choice(ACTIVATIONS), use_bias=d.boolean(),
        recurrent_activation=d.choice(["sigmoid", "hard_sigmoid"]), dropout=d.choice([0.0, 0.5]),
        return_sequences=d.boolean(), return_state=d.boolean(), go_backwards=d.boolean())
    x = d.normal(n, t, *[d.integer(5, 7) for _ in range(axes)], d.integer(1, 3))
    return Case(layer, x, mask=d.mask(n, t) if d.boolean() else None, training=False)
