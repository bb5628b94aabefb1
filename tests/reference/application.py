"""Applies a real layer and writes the `application` event of it (docs/trace-events.md)."""
import inspect

import numpy as np

from reference import derivatives
from reference.framework import to_numpy, to_tensor

WEIGHT_SCALES = (1.0, 0.3, 0.1)


def flat(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in flat(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in flat(item)]
    return [value]


def tensors(value):
    """The same structure with a tensor in place of each array."""
    if isinstance(value, dict):
        return {key: tensors(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(tensors(item) for item in value)
    return to_tensor(value) if isinstance(value, np.ndarray) else value


def numeric(weight):
    return "float" in str(getattr(weight, "dtype", ""))


def randomize(layer, rng):
    """Zeros and ones would hide what a bias or a gain does."""
    scale = WEIGHT_SCALES[rng.randint(len(WEIGHT_SCALES))]
    for weight in layer.weights:
        if not numeric(weight):
            continue
        value = scale * rng.normal(size=tuple(int(n) for n in weight.shape))
        if "variance" in weight.name:  # a square
            value = np.abs(value) + 0.1
        weight.assign(value.astype(to_numpy(weight).dtype))


def call_arguments(case):
    kwargs = {name: tensors(value) for name, value in case.kwargs.items()}
    if case.mask is not None:
        kwargs["mask"] = tensors(case.mask)
    if case.training is not None:
        kwargs["training"] = case.training
    if case.initial_state is not None:
        kwargs["initial_state"] = tensors(case.initial_state)
    return [tensors(case.inputs)] + [tensors(value) for value in case.extra], kwargs


def record(case, trace, rng):
    layer = case.layer
    args, kwargs = call_arguments(case)
    if layer.weights == [] and not getattr(layer, "built", False):
        case.applied(*args, **kwargs)  # builds
        if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
            layer.reset_states()
    if case.randomize:
        randomize(layer, rng)
    states = case.initial_state
    if states is None and getattr(layer, "stateful", False):
        states = [to_numpy(s).copy() for s in flat(getattr(layer, "states", None))]
    weights = [(getattr(w, "path", w.name), to_numpy(w).copy()) for w in layer.weights
               if str(getattr(w, "dtype", "")) != "string"]
    names = parameters(layer)
    outputs, gradient = applied(case, names, args, kwargs, rng)

    def arrays(values):
        return trace.value([None if v is None else to_numpy(v) for v in values], arrays=True)

    out, masks = flat(outputs), flat_masks(case)
    named = dict(zip(names[1:], case.extra), **case.kwargs)
    told = {} if gradient is None else {"gradient": trace.value(gradient, arrays=True)}
    trace.emit(
        "application", step=None, model=None, layer="layer:1", name=layer.name, node=0,
        inputs=arrays(flat(case.inputs)), masks=None if masks is None else arrays(masks),
        training=case.training, kwargs=trace.value(case.kwargs, arrays=True),
        arguments=trace.value(named, arrays=True), argument_masks={}, parameters=names,
        initial_states=arrays(flat(states)), extra_inputs=arrays(flat(case.extra)),
        outputs=arrays(out),
        output_masks=arrays([getattr(leaf, "_keras_mask", None) for leaf in out]),
        compute_dtype=layer.compute_dtype, config=trace.value(layer.get_config()), builtin=True,
        trainable=bool(layer.trainable),
        weights=[{"name": name.split(":")[0].split("/")[-1], "path": name,
                  "value": trace.tensor(value)} for name, value in weights],
        **dict({"class": type(layer).__name__}, **told))
    return declared_shape(case, [tuple(np.shape(to_numpy(leaf))) for leaf in out])


def applied(case, names, args, kwargs, rng):
    """The outputs, and their derivative where the framework can tell it."""
    def call():
        return case.applied(*args, **kwargs)

    inputs = flat(args[0])
    watched = derivatives.leaves([args, kwargs])
    if not derivatives.available() or not (watched or case.layer.trainable_weights):
        return call(), None
    made = derivatives.Derivative(call, watched, rng)
    if not made.seeds or not all(np.issubdtype(seed.dtype, np.floating) for seed in made.seeds):
        return made.outputs, None
    named = dict(zip(names[1:], args[1:]), **kwargs)
    try:
        return made.outputs, {
            "seeds": made.seeds, "inputs": made.by(inputs), "weights": made.by(case.layer.weights),
            "arguments": {name: made.by(flat(value)) for name, value in named.items()
                          if derivatives.leaves(value)}}
    except LookupError:  # an operation that has none
        return made.outputs, None


def shapes_in(value):
    """The shapes in what `compute_output_shape` returned, in order."""
    if hasattr(value, "as_list"):
        return [tuple(value.as_list())]
    if isinstance(value, (list, tuple)):
        if all(n is None or isinstance(n, (int, np.integer)) for n in value):
            return [tuple(value)]
        return [shape for item in value for shape in shapes_in(item)]
    return []


def declared_shape(case, observed):
    """Where the class declares a shape for this call, it is the one observed; else what differs."""
    if case.extra or case.kwargs or isinstance(case.inputs, dict):
        return None
    shapes = [tuple(np.shape(x)) for x in flat(case.inputs)]
    try:
        declared = case.layer.compute_output_shape(
            shapes if isinstance(case.inputs, (list, tuple)) else shapes[0])
    except NotImplementedError:
        return None
    declared = shapes_in(declared)
    same = len(declared) == len(observed) and all(
        len(d) == len(o) and all(m is None or m == n for m, n in zip(d, o))
        for d, o in zip(declared, observed))
    return None if same else "shape differs: declared %s, observed %s" % (declared, observed)


def parameters(layer):
    """Names of the arguments of `layer.call`, in order."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in inspect.signature(layer.call).parameters.values() if p.kind in kinds]


def flat_masks(case):
    """One for each input (None where it has none); None where no mask was given at all."""
    if case.mask is None:
        return None
    return list(case.mask) if isinstance(case.mask, (list, tuple)) else [case.mask]
