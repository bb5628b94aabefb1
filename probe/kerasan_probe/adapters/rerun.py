"""The eager re-run of a sampled batch, layer by layer, after which nothing has changed."""
import contextlib
import functools
import inspect
import random

import numpy as np

from kerasan_probe.adapters import random_sources, steps
from kerasan_probe.adapters.common_models import builtin, compute_dtype, config_of, flatten
from kerasan_probe.recorder import rec

MAX_BYTES = 4 << 20  # arrays of one application
LISTS = ("_losses", "_eager_losses", "_callable_losses", "_updates", "_metrics", "_loss_ids",
         "_inbound_nodes", "_outbound_nodes", "_inbound_nodes_value", "_outbound_nodes_value")
COMPOSITE = ("RNN", "Wrapper", "Bidirectional", "TimeDistributed", "MultiHeadAttention")


def mro_names(obj):
    return [cls.__name__ for cls in type(obj).__mro__]


def is_model(layer):
    return "Model" in mro_names(layer)


def is_unit(layer):
    """True for a layer that is one application; what it calls inside is its own affair."""
    names = mro_names(layer)
    if "Model" in names:
        return False
    if builtin(layer):
        return True
    return not list(layer._flatten_layers(include_self=False, recursive=False)) \
        if hasattr(layer, "_flatten_layers") else not getattr(layer, "_layers", None)


class Tap(object):
    """Stands in `Layer.__call__` during a re-run and records each unit's application."""

    drawn = False  # random numbers that are not the step's

    def __init__(self, fw, model, step, training):
        self.fw, self.model, self.step, self.training = fw, rec.ref("model", model), step, training
        self.inside = 0
        self.counts = {}

    def call(self, original, layer, args, kwargs):
        if self.inside or not is_unit(layer) or "InputLayer" in mro_names(layer):
            return original(layer, *args, **kwargs)
        before = rec.safely("application", self._before, layer, args, kwargs)
        self.inside += 1
        try:
            with received(layer) as training:
                outputs = original(layer, *args, **kwargs)
        finally:
            self.inside -= 1
        if before is not None:
            before["training"] = self._training(before["training"], training)
            rec.safely("application", self._after, layer, before, outputs)
        return outputs

    def _training(self, given, received):
        """What the layer worked with: outer models and layers may have set it."""
        if received and received[0] is not None:
            return bool(self.fw.truth(received[0]))
        if received:
            return bool(self.fw.default_training())
        return bool(self.training if given is None else self.fw.truth(given))

    def _before(self, layer, args, kwargs):
        fw = self.fw
        names = parameters(layer)
        first = names[0] if names and names[0] in kwargs else "inputs"
        inputs = args[0] if args else kwargs.get(first)
        leaves = flatten(inputs)
        masks = [getattr(leaf, "_keras_mask", None) for leaf in leaves]
        given = kwargs.get("mask")
        if not isinstance(given, (list, tuple)) or len(given) != len(leaves):
            given = flatten(given)
        if given:
            masks = given if len(given) == len(leaves) else given + masks[len(given):]
        training = kwargs.get("training")
        rest = {k: v for k, v in kwargs.items()
                if k not in (first, "inputs", "mask", "training", "initial_state")
                and v is not None}
        named = dict(zip(names[1:], args[1:]), **rest)
        named = {k: v for k, v in named.items()
                 if v is not None and k not in ("mask", "training", "initial_state")}
        marks = {k: getattr(v, "_keras_mask", None) for k, v in named.items()}
        index = self.counts[id(layer)] = self.counts.get(id(layer), -1) + 1
        return {"inputs": [fw.numpy(leaf) for leaf in leaves],
                "masks": [None if m is None else fw.numpy(m) for m in masks],
                "training": training,
                "kwargs": rec.value(rest), "node": index,
                "extra_inputs": [fw.numpy(leaf) for leaf in flatten(list(args[1:]))
                                 if fw.is_tensor(leaf)],
                "arguments": {k: plain(fw, v) for k, v in named.items()},
                "argument_masks": {k: fw.numpy(m) for k, m in marks.items() if m is not None},
                "parameters": names,
                "initial_states": states(fw, layer, dict(zip(names, args), **kwargs)),
                "weights": weights(fw, layer)}

    def _after(self, layer, held, outputs):
        fw = self.fw
        out = [fw.numpy(leaf) for leaf in flatten(outputs)]
        held["weights"] = held["weights"] or weights(fw, layer)
        arrays = held["inputs"] + out + [w for _, w in held["weights"]]
        arrays += [leaf for leaf in flatten(held["arguments"]) if isinstance(leaf, np.ndarray)]
        if sum(a.nbytes for a in arrays) > MAX_BYTES:
            rec.uncovered("large tensors", "applications of " + layer.name)
            return
        held["weights"] = [{"name": name.split(":")[0].split("/")[-1], "path": name,
                            "value": rec.tensor(value)} for name, value in held["weights"]]
        for key in ("inputs", "masks", "initial_states", "extra_inputs", "arguments",
                    "argument_masks"):
            held[key] = rec.value(held[key], arrays=True)
        out_masks = [getattr(leaf, "_keras_mask", None) for leaf in flatten(outputs)]
        rec.emit("application", step=self.step, model=self.model, layer=rec.ref("layer", layer),
                 name=layer.name, builtin=builtin(layer), outputs=rec.value(out, arrays=True),
                 output_masks=rec.value([None if m is None else fw.numpy(m) for m in out_masks],
                                        arrays=True),
                 compute_dtype=compute_dtype(layer), config=config_of(layer),
                 trainable=bool(layer.trainable), drawn=self.drawn,
                 **dict({"class": type(layer).__name__}, **held))


@contextlib.contextmanager
def received(layer):
    """[the training argument that reaches `layer.call` first]; empty where it has none."""
    original, seen = layer.call, []
    try:
        signature = inspect.signature(original)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    if "training" not in signature.parameters or "call" in vars(layer):
        yield seen
        return
    place = list(signature.parameters).index("training")

    @functools.wraps(original)
    def call(*args, **kwargs):
        if not seen:
            seen.append(args[place] if len(args) > place else kwargs.get("training"))
        return original(*args, **kwargs)

    call.__signature__ = signature  # asked for by some releases
    vars(layer)["call"] = call
    try:
        yield seen
    finally:
        vars(layer).pop("call", None)


def parameters(layer):
    """Names of the arguments of `layer.call`, in order; empty where they are not known."""
    try:
        return [p.name for p in inspect.signature(layer.call).parameters.values()
                if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    except (TypeError, ValueError):
        return []


def plain(fw, value):
    """The same with arrays in the place of tensors."""
    if isinstance(value, (list, tuple)):
        return [plain(fw, item) for item in value]
    return fw.numpy(value) if fw.is_tensor(value) else value


def weights(fw, layer):
    return [(getattr(w, "path", None) or w.name, fw.numpy(w)) for w in layer.weights]


def states(fw, layer, kwargs):
    given = flatten(kwargs.get("initial_state"))
    if not given and getattr(layer, "stateful", False):
        owners = [layer, getattr(layer, "forward_layer", None),
                  getattr(layer, "backward_layer", None)]
        held = [flatten(getattr(owner, "states", None)) for owner in owners]
        given = held[0] or held[1] + held[2]
    return [fw.numpy(state) for state in given if fw.is_tensor(state)]


@contextlib.contextmanager
def unchanged(fw, model):
    """Puts back every variable, list of losses and source of random numbers."""
    python, numpy_state = random.getstate(), np.random.get_state()
    variables = fw.all_variables(model)
    values = [fw.numpy(v) for v in variables]
    lists, sources = collections(fw, model), random_sources.put_back(fw.all_layers(model))
    try:
        yield
    finally:
        for put_back in sources:
            rec.safely("random state", put_back)
        for variable, value in zip(variables, values):
            if not np.array_equal(fw.numpy(variable), value):
                variable.assign(value)
        for owner, name, held, items in lists:
            if isinstance(held, set):
                held.clear()
                held.update(items)
            elif len(held) != len(items) or any(a is not b for a, b in zip(held, items)):
                held[:] = items
            if owner.get(name) is not held:
                owner[name] = held
        random.setstate(python)
        np.random.set_state(numpy_state)


def collections(fw, model):
    """(owner, name, list or set, its items) of what a call of a layer may append to."""
    found = []
    for layer in fw.all_layers(model):
        owners = [vars(layer)]
        if hasattr(layer, "_thread_local"):
            owners.append(vars(layer._thread_local))
        for owner in owners:
            for name in LISTS:
                held = owner.get(name)
                if isinstance(held, (list, set)):
                    found.append((owner, name, held, list(held)))
    return found


def run(fw, model, data, phase, step):
    """Predictions and losses of an eager re-run; None where it cannot be done safely."""
    if not all(getattr(layer, "built", True) for layer in fw.all_layers(model)):
        rec.uncovered("re-run before the model is built", rec.ref("model", model))
        return None
    training = phase == "train"
    x = fw.unpack(data)[0]
    tap = Tap(fw, model, step, training)
    with unchanged(fw, model), fw.own_random_numbers(tap), fw.tapped(tap):
        outputs = fw.call(model, x, training)
        losses = [fw.numpy(loss) for loss in flatten(list(model.losses)) if fw.is_tensor(loss)]
        predictions = steps.plain(fw, outputs)
    if tap.drawn:
        rec.uncovered("re-run with other random numbers",
                      "%s %s" % (rec.ref("model", model), phase))
        return None
    return steps.encoded(predictions), steps.encoded(losses)
