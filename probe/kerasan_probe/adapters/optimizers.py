"""What an optimizer holds: slots, hyperparameters and what the user handed over."""
from kerasan_probe.adapters.arrays import NotEager, array_of
from kerasan_probe.adapters.common_models import builtin, config_of
from kerasan_probe.recorder import rec

# Lists of slot variables of optimizers since TF 2.11, by their published symbols.
LISTS = {
    "Adam": {"_momentums": "m", "_velocities": "v", "_velocity_hats": "vhat"},
    "AdamW": {"_momentums": "m", "_velocities": "v", "_velocity_hats": "vhat"},
    "Nadam": {"_momentums": "m", "_velocities": "v"},
    "Adamax": {"_m": "m", "_u": "v"},
    "SGD": {"momentums": "momentum"},
    "RMSprop": {"_velocities": "rms", "_average_gradients": "mg", "_momentums": "momentum"},
    "Adagrad": {"_accumulators": "accumulator"},
    "Adadelta": {"_accumulated_grads": "accum_grad", "_accumulated_delta_vars": "accum_var"},
    "Ftrl": {"_accumulators": "accumulator", "_linears": "linear"},
    "Lion": {"_momentums": "momentum", "momentums": "momentum"},
    "Lamb": {"_momentums": "m", "_velocities": "v"},
    "Adafactor": {"_r": "r", "_c": "c", "_v": "v"},
    "Muon": {"momentums": "momentum", "adam_velocities": "v"},
    "ScheduleFreeAdamW": {"_momentums": "z", "_velocities": "v"},
}
# Of every optimizer: the moving average of the weights, gradients that wait for later ones.
SHARED = {"_model_variables_moving_average": "average", "_accumulated_gradients": "accumulated"}
HYPERS = ("learning_rate", "momentum", "rho", "beta_1", "beta_2", "epsilon", "weight_decay",
          "clipnorm", "clipvalue", "global_clipnorm", "nesterov", "amsgrad", "centered")
traced_in_call = None  # set by `loops`, which watches the tracing of compiled steps
_given = {}  # optimizer id -> arguments of its construction
_first = {}  # optimizer id -> {argument: value} of the variables among them at that moment


def note_construction(optimizer, arguments, _call=None, _result=None):
    given = dict(arguments)
    for name in ("kwargs",):
        extra = given.pop(name, None)
        if isinstance(extra, dict):
            given.update(extra)
    key = rec.ref("optimizer", optimizer)
    _given[key] = given
    _first[key] = {name: rec.safely("variable given", _first_value, value)
                   for name, value in given.items() if hasattr(value, "assign")}


def _first_value(variable):
    try:
        array = array_of(variable)
    except (NotEager, ValueError):
        return None
    return float(array) if array.size == 1 else None


def _wrapped(optimizer):
    """The optimizer that makes the update, inside one that scales the loss."""
    inner = getattr(optimizer, "inner_optimizer", None)
    return inner if hasattr(inner, "apply_gradients") else optimizer


def slots(optimizer, variables):
    """{variable id: {slot: array}} of the slots that exist."""
    optimizer = _wrapped(optimizer)
    out = {rec.ref("variable", v): {} for v in variables}
    if hasattr(optimizer, "_slots") and hasattr(optimizer, "get_slot_names"):
        for variable in variables:
            for name in optimizer.get_slot_names():
                try:
                    held = optimizer.get_slot(variable, name)
                except KeyError:
                    held = None
                if held is not None:
                    out[rec.ref("variable", variable)][name] = held.numpy()
        return out
    for attr, name in dict(LISTS.get(type(optimizer).__name__, {}), **SHARED).items():
        for variable, held in zip(_order(optimizer, variables), getattr(optimizer, attr, None) or []):
            if variable is not None and hasattr(held, "numpy"):
                out[rec.ref("variable", variable)][name] = held.numpy()
    return out


def _order(optimizer, variables):
    """The variables in the optimizer's own order of slots."""
    known = getattr(optimizer, "_trainable_variables", None)  # Keras 3
    if known:
        wanted = {id(v) for v in variables}
        return [v if id(v) in wanted else None for v in known]
    index = getattr(optimizer, "_index_dict", None)
    if not index:
        return []
    order = [None] * (max(index.values()) + 1)
    for variable in variables:
        at = index.get(optimizer._var_key(variable))
        if at is not None:
            order[at] = variable
    return order


def iteration(optimizer):
    optimizer = _wrapped(optimizer)
    held = getattr(optimizer, "_iterations", None)  # the public property may create it
    return int(held.numpy()) if held is not None else 0


def _number(value, step):
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    if hasattr(value, "get_config") and callable(value) and not hasattr(value, "numpy"):
        if not builtin(value):
            return None  # a schedule of the program could notice
        value = value(step)  # a schedule is a function of the step alone
    if hasattr(value, "numpy"):
        value = value.numpy()
        return float(value) if getattr(value, "size", 1) == 1 else None
    return None  # a callable of the user's is not called: it could notice


def hypers(optimizer):
    """The values that the optimizer holds now."""
    optimizer = _wrapped(optimizer)
    step, out = iteration(optimizer), {}
    held = getattr(optimizer, "_hyper", None)
    if isinstance(held, dict):
        for name, value in held.items():
            out[name] = _number(value, step)
        if getattr(optimizer, "_initial_decay", 0):
            out["decay"] = float(optimizer._initial_decay)
    for name in HYPERS:
        if name not in out:
            own = vars(optimizer)
            value = own.get("_" + name) if own.get("_" + name) is not None else own.get(name)
            if value is not None:
                out[name] = _number(value, step)
    return out


def source_of(value, step):
    if isinstance(value, (int, float)):
        return {"kind": "number", "value": value, "config": None}
    if hasattr(value, "assign"):
        return {"kind": "variable", "value": _number(value, step), "config": None}
    if hasattr(value, "get_config"):
        return {"kind": "schedule", "value": _number(value, step), "config": rec.value(
            {"class": type(value).__name__, "builtin": builtin(value),
             "config": config_of(value)})}
    if callable(value):
        return {"kind": "callable", "value": None, "config": None}
    return None


def sources(optimizer):
    """What the user handed over for each hyperparameter, read now."""
    optimizer = _wrapped(optimizer)
    key = rec.ref("optimizer", optimizer)
    given, step, out = _given.get(key, {}), iteration(optimizer), {}
    for name, value in given.items():
        if name in HYPERS + ("lr", "decay"):
            found = source_of(value, step)
            if found and found["kind"] == "variable":
                found["first"] = _first.get(key, {}).get(name)
            if found:
                out["learning_rate" if name == "lr" else name] = found
    return out


def _scale(optimizer):
    """What a wrapper that scales the loss divides by; None where the program does that."""
    if _wrapped(optimizer) is optimizer or hasattr(optimizer, "get_unscaled_gradients"):
        return None
    held = getattr(optimizer, "dynamic_scale", None)
    if hasattr(held, "numpy"):
        return float(held.numpy())
    return getattr(optimizer, "initial_scale", None)


def _scaling(optimizer):
    """How a dynamic loss scale stands; None without one."""
    if _wrapped(optimizer) is optimizer:
        return None
    scale = getattr(optimizer, "dynamic_scale", None)  # Keras 3
    steps = getattr(optimizer, "step_counter", None)
    if not hasattr(scale, "numpy") or not hasattr(steps, "numpy"):
        return None
    return {"scale": float(scale.numpy()), "steps": int(steps.numpy())}


def before(optimizer, variables):
    """What must be read before an optimizer step."""
    return {"scale": _scale(optimizer), "scaling": _scaling(optimizer),
            "values": {rec.ref("variable", v): v.numpy() for v in variables},
            "slots": slots(optimizer, variables), "iteration": iteration(optimizer),
            "hyper": hypers(optimizer), "sources": sources(optimizer)}


def emit_update(optimizer, variables, held, grads=None, exact=False, **where):
    """Emits an `update` event from what was held before and what is there now."""
    after = slots(optimizer, variables)
    rows = []
    for position, variable in enumerate(variables):
        key = rec.ref("variable", variable)
        if key not in held["values"]:
            continue  # created within this very step
        grad = grads[position] if grads else None
        rows.append({"id": key, "name": getattr(variable, "path", None) or variable.name,
                     "before": rec.tensor(held["values"][key]), "after": rec.tensor(variable.numpy()),
                     "grad": None if grad is None else rec.tensor(grad),
                     "constraint": _named(getattr(variable, "constraint", None)),
                     "constraint_config": _constraint(getattr(variable, "constraint", None)),
                     "decays": _decays(optimizer, variable),
                     "slots_before": _tensors(held["slots"].get(key, {})),
                     "slots_after": _tensors(after.get(key, {}))})
    if where.get("step") is not None and traced_in_call is not None:
        where.update(rec.safely("traced step", traced_in_call, optimizer, variables) or {})
    outer, optimizer = optimizer, _wrapped(optimizer)
    if held["scaling"] is not None:
        where["scaling"] = {"class": type(outer).__name__, "before": held["scaling"],
                            "after": _scaling(outer),
                            "growth_steps": getattr(outer, "dynamic_growth_steps", None)}
    rec.emit("update", optimizer=rec.ref("optimizer", outer), config=config_of(optimizer),
             loss_scale=held["scale"],
             iteration=held["iteration"], iteration_after=iteration(optimizer),
             builtin=builtin(optimizer),
             transforms=bool(getattr(optimizer, "gradient_transformers", None)),
             hyper=rec.value(held["hyper"]), sources=held["sources"],
             vars=rows, exact_grad=exact, **dict({"class": type(optimizer).__name__}, **where))


def _named(constraint):
    return None if constraint is None else type(constraint).__name__


def _constraint(constraint):
    if constraint is None:
        return None
    return rec.value({"builtin": builtin(constraint), "config": config_of(constraint)})


def _decays(optimizer, variable):
    """False for a variable that the program exempted from weight decay."""
    optimizer = _wrapped(optimizer)
    ask = getattr(optimizer, "_use_weight_decay", None)
    return True if ask is None else bool(ask(variable))


def _tensors(arrays):
    return {name: rec.tensor(array) for name, array in arrays.items()}
