"""What calls leave behind: optimizers made from a name, states after a reset, metrics of a loop."""
import inspect

from kerasan_probe import frames
from kerasan_probe.adapters.arrays import NotEager, array_of
from kerasan_probe.adapters.common_models import builtin, config_of, flatten, inner_layers
from kerasan_probe.recorder import rec

INNER = ("forward_layer", "backward_layer", "layer", "cell")
MEANS = ("Mean", "Reduce", "MeanMetricWrapper")  # classes whose result is total / count


def read(variable):
    """The value of a variable as recorded, or None; the adapter for sessions has its own."""
    try:
        array = array_of(getattr(variable, "_value", variable))
    except (NotEager, ValueError):
        return None
    return None if array is None else rec.tensor(array)


def named_optimizer(model, args, call):
    """After `compile`: the optimizer that a string stood for, beside the defaults of its class."""
    name = args.get("optimizer")
    made = getattr(model, "optimizer", None)
    if not isinstance(name, str) or made is None:
        return
    defaults = {key: value.default for key, value in
                inspect.signature(type(made).__init__).parameters.items()
                if isinstance(value.default, (int, float)) and not isinstance(value.default, bool)}
    rec.emit("named_object", call=call, argument="optimizer", name=name, builtin=builtin(made),
             config=config_of(made), defaults=rec.value(defaults), where=frames.here(),
             **{"class": type(made).__name__})


def stateful_layers(model):
    seen, out, queue = set(), [], [model]
    while queue:
        layer = queue.pop()
        if layer is None or id(layer) in seen:
            continue
        seen.add(id(layer))
        if getattr(layer, "stateful", False) and getattr(layer, "states", None) is not None:
            out.append(layer)
        queue.extend(inner_layers(layer))
        queue.extend(getattr(layer, name, None) for name in INNER)
    return out


def states_reset(model, _args, call, _result):
    layers = [{"name": layer.name, "class": type(layer).__name__,
               "states": [read(state) for state in flatten(list(layer.states))
                          if hasattr(state, "shape")]}
              for layer in stateful_layers(model)]
    rec.emit("states_reset", call=call, layers=layers, where=frames.here())


def metrics_of(model):
    out = []
    for metric in getattr(model, "metrics", None) or []:
        inside = getattr(metric, "metrics", None)  # Keras 3 holds those of `compile` in one
        out += list(inside) if isinstance(inside, list) and inside else [metric]
    return out


def plain_mean(metric):
    definer = next((cls for cls in type(metric).__mro__ if "result" in vars(cls)), None)
    return definer is not None and definer.__name__ in MEANS and builtin_class(definer)


def builtin_class(cls):
    return cls.__module__.split(".")[0] in ("keras", "tensorflow", "tensorflow_core", "tf_keras")


_told = {}  # (model, api) -> events


def adders(model):
    """{id of a metric: the layer or model that made it with add_metric}"""
    found, seen, queue = {}, set(), [model]
    while queue:
        layer = queue.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        for metric in getattr(layer, "_metrics", None) or []:
            found[id(metric)] = {"class": type(layer).__name__, "builtin": builtin(layer)}
        queue.extend(inner_layers(layer))
    return found


def metric_states(model, call, api):
    """Total and count of each mean at the end of a call."""
    key = (rec.ref("model", model), api)
    if not rec.budget.allow(_told.get(key, 0) < 2):
        return
    _told[key] = _told.get(key, 0) + 1
    held, added = [], adders(model)
    for metric in metrics_of(model):
        total, count = getattr(metric, "total", None), getattr(metric, "count", None)
        if plain_mean(metric) and total is not None and count is not None:
            held.append({"name": metric.name, "class": type(metric).__name__,
                         "added_by": added.get(id(metric)),
                         "total": read(total), "count": read(count)})
    if held:
        rec.emit("metric_states", call=call, model=key[0], metrics=held,
                 metrics_names=rec.value(list(getattr(model, "metrics_names", None) or [])))
