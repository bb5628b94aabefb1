"""Recurrent layers."""
from reference.draw import Case, cases


def options(d):
    return {"return_sequences": d.boolean(), "go_backwards": d.boolean(), "use_bias": d.boolean()}


def sequence(d, layer):
    n, t, c = d.integer(1, 3), d.integer(1, 6), d.integer(1, 5)
    return Case(layer, d.normal(n, t, c), mask=d.mask(n, t) if d.boolean() else None)


@cases("SimpleRNN", "LSTM")
def plain(d):
    return sequence(d, getattr(d.L, d.name)(d.integer(1, 5), **options(d)))


@cases("GRU")
def gru(d):
    return sequence(d, d.L.GRU(d.integer(1, 5), reset_after=d.boolean(), **options(d)))


@cases("Bidirectional")
def bidirectional(d):
    inner = d.L.LSTM(d.integer(1, 4), return_sequences=d.boolean())
    return sequence(d, d.L.Bidirectional(inner, merge_mode=d.choice(["concat", "sum", "mul", "ave"])))


@cases("TimeDistributed")
def time_distributed(d):
    n, t, c = d.integer(1, 3), d.integer(1, 6), d.integer(1, 5)
    return Case(d.L.TimeDistributed(d.L.Dense(d.integer(1, 5))), d.normal(n, t, c, 2))
