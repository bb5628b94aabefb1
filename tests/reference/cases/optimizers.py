"""Optimizers: a few steps with options, clipping, weight decay and averages as drawn."""
import inspect

import numpy as np

from reference.draw import cases
from reference.updates import OptimizerCase

BETAS = [0.9, 0.5, 0.99, 0.999]
EPSILONS = [1e-7, 0.1, 1e-3]
OWN = {
    "SGD": lambda d: dict(momentum=d.choice([0.0, 0.9, 0.5]), nesterov=d.boolean()),
    "RMSprop": lambda d: dict(rho=d.choice(BETAS), momentum=d.choice([0.0, 0.9]),
                              epsilon=d.choice(EPSILONS), centered=d.boolean()),
    "Adagrad": lambda d: dict(initial_accumulator_value=d.choice([0.1, 0.0, 1.0]),
                              epsilon=d.choice(EPSILONS)),
    "Adadelta": lambda d: dict(rho=d.choice(BETAS), epsilon=d.choice(EPSILONS)),
    "Adam": lambda d: dict(adam(d), amsgrad=d.boolean()),
    "AdamW": lambda d: dict(adam(d), amsgrad=d.boolean()),
    "Adamax": lambda d: adam(d),
    "Nadam": lambda d: adam(d),
    "Lamb": lambda d: adam(d),
    "Lion": lambda d: dict(beta_1=d.choice(BETAS), beta_2=d.choice(BETAS)),
    "Ftrl": lambda d: dict(learning_rate_power=d.choice([-0.5, 0.0, -0.7]),
                           initial_accumulator_value=d.choice([0.1, 1.0]),
                           l1_regularization_strength=d.choice([0.0, 0.01, 1.0]),
                           l2_regularization_strength=d.choice([0.0, 0.01, 1.0]),
                           l2_shrinkage_regularization_strength=d.choice([0.0, 0.1]),
                           beta=d.choice([0.0, 0.5])),
    "Adafactor": lambda d: dict(beta_2_decay=d.choice([-0.8, -0.5]), epsilon_1=d.choice([1e-30, 1e-6]),
                                epsilon_2=d.choice([1e-3, 0.1]), clip_threshold=d.choice([1.0, 0.3]),
                                relative_step=d.boolean()),
    "Muon": lambda d: dict(momentum=d.choice([0.95, 0.5]), nesterov=d.boolean(),
                           ns_steps=d.choice([5, 3, 1]), rms_rate=d.choice([0.2, None, 1.0]),
                           adam_beta_1=d.choice(BETAS), adam_beta_2=d.choice(BETAS),
                           adam_weight_decay=d.choice([0.004, 0.0]), epsilon=d.choice(EPSILONS),
                           adam_lr_ratio=d.choice([1, 0.5])),
}


def adam(d):
    return dict(beta_1=d.choice(BETAS), beta_2=d.choice([0.999, 0.9]), epsilon=d.choice(EPSILONS))


def shared(d, cls):
    """Options of every optimizer that this release's class takes."""
    known = inspect.signature(cls.__init__).parameters
    options = {}
    kind = d.choice(["", "clipnorm", "clipvalue", "global_clipnorm"])
    if kind and (kind in known):
        options[kind] = d.choice([0.1, 1.0, 100.0])
    if "weight_decay" in known and d.boolean():
        options["weight_decay"] = d.choice([0.004, 0.1])
    if "use_ema" in known and d.integer(0, 3) == 3:
        options.update(use_ema=True, ema_momentum=d.choice([0.99, 0.5]),
                       ema_overwrite_frequency=d.choice([None, 1, 2]))
    if "gradient_accumulation_steps" in known and d.integer(0, 3) == 3:
        options["gradient_accumulation_steps"] = d.choice([2, 3])
    if "loss_scale_factor" in known and d.integer(0, 3) == 3:
        options["loss_scale_factor"] = d.choice([2.0, 1024.0, 3.0])
    return options


def constraint(d):
    kinds = d.keras.constraints
    made = [lambda: None, lambda: kinds.MaxNorm(d.choice([0.1, 2.0]), axis=0), kinds.NonNeg,
            lambda: kinds.UnitNorm(axis=0),
            lambda: kinds.MinMaxNorm(0.5, 1.0, rate=d.choice([1.0, 0.3]))]
    return made[d.integer(0, len(made) - 1)]()


def schedule(d):
    kinds, start = d.keras.optimizers.schedules, d.choice([0.01, 0.3, 1e-3])
    return d.choice([start, start, kinds.ExponentialDecay(start, 2, 0.7),
                     kinds.PiecewiseConstantDecay([1, 2], [start, start / 2, start / 3])])


@cases(*OWN)
def optimizer(d):
    cls = getattr(d.keras.optimizers, d.name)
    options = OWN[d.name](d)
    options.update(shared(d, cls))
    made = cls(schedule(d), **options)
    shapes = [[d.integer(1, 5) for _ in range(d.integer(1, 3))] for _ in range(d.integer(1, 3))]
    # Muon mixes float32 into other types and is refused.
    dtype = "float32" if d.name == "Muon" else d.choice(["float32", "float32", "float64"])
    held = [d.normal(*shape, dtype=dtype, scale=d.choice([1.0, 0.1])) for shape in shapes]
    steps = [[d.normal(*shape, dtype=dtype, scale=scale) for shape in shapes]
             for scale in [d.choice([1.0, 1e-3, 30.0]) for _ in range(d.integer(1, 4))]]
    # So do constraints.
    constraints = [constraint(d) if dtype == "float32" and d.integer(0, 3) == 3 else None
                   for _ in shapes]
    exempt = ["v0"] if options.get("weight_decay") and d.boolean() else ()
    return OptimizerCase(made, held, steps, constraints, exempt)


@cases("ScheduleFreeAdamW")
def schedule_free(d):
    options = dict(epsilon=d.choice([1e-8, 1e-3]), beta_2=d.choice([0.999, 0.9]),
                   warmup_steps=d.choice([0, 3]))
    options.update(shared(d, d.keras.optimizers.ScheduleFreeAdamW))
    # Smaller ones are not followed after the first step: docs/findings.
    count, beta = d.choice([(1, 0.9), (1, 0.5), (3, 1.0)])
    made = d.keras.optimizers.ScheduleFreeAdamW(d.choice([0.01, 0.3]), beta_1=beta, **options)
    shapes = [[d.integer(1, 5) for _ in range(d.integer(1, 2))] for _ in range(d.integer(1, 2))]
    return OptimizerCase(made, [d.normal(*shape, scale=1.0) for shape in shapes],
                         [[d.normal(*shape) for shape in shapes] for _ in range(count)])


@cases("LossScaleOptimizer")
def scaled(d):
    """Some steps with a gradient that is not finite."""
    inner = d.choice(["SGD", "Adam"])
    options = OWN[inner](d)
    made = d.keras.optimizers.LossScaleOptimizer(
        getattr(d.keras.optimizers, inner)(0.1, **options), initial_scale=d.choice([2.0 ** 15, 64.0]),
        dynamic_growth_steps=d.choice([1, 2, 3]))
    shape = [d.integer(1, 4) for _ in range(d.integer(1, 2))]
    steps = [d.normal(*shape) for _ in range(d.integer(1, 6))]
    for gradient in steps:
        if d.integer(0, 3) == 0:
            gradient.reshape(-1)[d.integer(0, gradient.size - 1)] = d.choice([np.inf, np.nan])
    case = OptimizerCase(made, [d.normal(*shape, scale=1.0)], [[g] for g in steps])
    case.rules = ("loss-scale-moves",)
    return case
