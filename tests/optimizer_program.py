"""A program that takes three steps with each of many optimizers; options are drawn by a seed.

    python optimizer_program.py SEED COUNT [break]

`break` alters the framework's own update: its gradients come out 1 % larger.
Prints the number of variables updated.
"""
import inspect
import sys

import numpy as np
import tensorflow as tf

keras = tf.keras
Opt, S = keras.optimizers, keras.optimizers.schedules
rng = np.random.RandomState(int(sys.argv[1]))
COUNT = int(sys.argv[2])
NAMES = ["SGD", "Adam", "RMSprop", "SGD", "Adam", "RMSprop", "Adagrad", "Adamax", "AdamW", "Adadelta",
         "Nadam"]


def takes(cls, name):
    """Whether the constructor names the argument; early releases hide some in **kwargs."""
    return name in inspect.signature(cls.__init__).parameters


def rate():
    start = float(rng.choice([0.3, 0.01, 0.001]))
    kind = rng.randint(8)
    if kind == 0:
        return S.ExponentialDecay(start, int(rng.randint(1, 4)), 0.7, staircase=bool(rng.randint(2)))
    if kind == 1:
        return S.PiecewiseConstantDecay([1, 2], [start, start / 2, start / 3])
    if kind == 2:
        return S.PolynomialDecay(start, 2, start / 10, power=float(rng.choice([0.5, 1, 2])),
                                 cycle=bool(rng.randint(2)))
    if kind == 3:
        return S.InverseTimeDecay(start, 2, 0.5, staircase=bool(rng.randint(2)))
    if kind == 4 and hasattr(S, "CosineDecay"):
        return S.CosineDecay(start, 3, alpha=0.1)
    return start


def clipping(cls):
    kind = rng.choice(["clipnorm", "clipvalue", "global_clipnorm", "", "", ""])
    hidden = kind == "clipvalue" and hasattr(Opt.Optimizer, "_transform_gradients")
    if kind and (takes(cls, kind) or hidden):
        return {kind: float(rng.choice([0.1, 1, 100]))}
    return {}


def draw(name):
    cls = getattr(Opt, name, None) or Opt.Adam
    # Early releases refuse a schedule for Nadam, whose momentum has its own.
    options = {"learning_rate": 0.01 if name == "Nadam" else rate()}
    if name == "SGD":
        options.update(momentum=float(rng.choice([0, 0.5, 0.9])), nesterov=bool(rng.randint(2)))
    if name in ("Adam", "AdamW"):
        options.update(beta_1=float(rng.choice([0.5, 0.9])), beta_2=float(rng.choice([0.9, 0.999])),
                       epsilon=float(rng.choice([1e-7, 0.1])), amsgrad=bool(rng.randint(2)))
    if name == "RMSprop":
        options.update(rho=float(rng.choice([0.5, 0.9])), momentum=float(rng.choice([0, 0.9])),
                       epsilon=float(rng.choice([1e-7, 0.1])), centered=bool(rng.randint(2)))
    if name == "Adagrad":
        options.update(initial_accumulator_value=float(rng.choice([0.1, 1])))
    options.update(clipping(cls))
    if takes(cls, "weight_decay"):
        options.update(weight_decay=float(rng.choice([0.004, 0.1])) if rng.randint(2) else None)
    elif name != "Nadam" and isinstance(options["learning_rate"], float) and rng.randint(2):
        options.update(decay=0.1)
    if name == "AdamW" and options.get("weight_decay", 0) is None:
        options["weight_decay"] = 0.01
    return cls(**options)


def spoil(cls):
    """The update gets gradients that are 1 % too large."""
    name = "update_step" if hasattr(cls, "update_step") else "_resource_apply_dense"
    original = getattr(cls, name)

    def altered(self, gradient, *rest, **more):
        return original(self, gradient * 1.01, *rest, **more)

    setattr(cls, name, altered)


if "break" in sys.argv:
    for broken in (Opt.SGD, Opt.Adam, Opt.RMSprop):
        spoil(broken)
updated = 0
for turn in range(COUNT):
    optimizer = draw(NAMES[turn % len(NAMES)])
    kind = "float64" if rng.randint(6) == 0 else "float32"
    variables = [tf.Variable(rng.normal(size=shape).astype(kind)) for shape in ((3, 4), (5,))]
    for _step in range(3):
        size = rng.choice([1e-3, 1, 30])
        gradients = [tf.constant((size * rng.normal(size=v.shape)).astype(kind))
                     for v in variables]
        optimizer.apply_gradients(zip(gradients, variables))
        updated += len(variables)
print("updated", updated)
