"""Learning-rate schedules."""
from reference.draw import cases
from reference.updates import ScheduleCase


def drawn(d, schedule, about):
    """Steps around `about`, where the formula may change, and anywhere."""
    near = max(0, about + d.integer(-2, 2))
    return ScheduleCase(schedule, d.choice([near, d.integer(0, 10), d.integer(0, 100000)]))


def rate(d):
    return d.choice([0.1, 0.3, 1e-3, 2.0, d.real(0, 10) + 1e-6])


@cases("ExponentialDecay", "InverseTimeDecay")
def decay(d):
    period = d.integer(1, 1000)
    schedule = getattr(d.keras.optimizers.schedules, d.name)(
        rate(d), period, d.choice([0.5, 0.96, 0.01 + d.real(0, 1)]), staircase=d.boolean())
    return drawn(d, schedule, period * d.integer(1, 3))


@cases("PiecewiseConstantDecay")
def piecewise(d):
    boundaries = sorted({d.integer(1, 1000) for _ in range(d.integer(1, 4))})
    values = [rate(d) for _ in range(len(boundaries) + 1)]
    schedule = d.keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, values)
    return drawn(d, schedule, d.choice(boundaries))


@cases("PolynomialDecay")
def polynomial(d):
    period = d.integer(1, 1000)
    schedule = d.keras.optimizers.schedules.PolynomialDecay(
        rate(d), period, d.choice([1e-4, 0.0, rate(d)]),
        power=d.choice([1.0, 0.5, 2.0, 0.1 + d.real(0, 4)]), cycle=d.boolean())
    return drawn(d, schedule, period * d.integer(1, 3))


@cases("CosineDecay")
def cosine(d):
    period, warmup = d.integer(1, 1000), d.integer(0, 100)
    schedule = d.keras.optimizers.schedules.CosineDecay(
        rate(d), period, alpha=d.choice([0.0, 0.1, d.real(0, 1)]),
        warmup_target=d.choice([None, rate(d)]) if warmup else None, warmup_steps=warmup)
    return drawn(d, schedule, d.choice([warmup, warmup + period]))


@cases("CosineDecayRestarts")
def restarts(d):
    period = d.integer(1, 1000)
    schedule = d.keras.optimizers.schedules.CosineDecayRestarts(
        rate(d), period, t_mul=d.choice([2.0, 1.0, 1.125 + d.real(0, 4)]),
        m_mul=d.choice([1.0, 0.5, 0.1 + d.real(0, 0.75)]), alpha=d.choice([0.0, 0.1]))
    return drawn(d, schedule, period * d.integer(1, 3))
