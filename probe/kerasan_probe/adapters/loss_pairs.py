"""Which targets a loss in a graph compares with which predictions: the first operations that take
both, and the ranks at which they meet. Nothing is added to the graph."""
import functools
import inspect

from kerasan_probe import frames
from kerasan_probe.adapters.common_models import builtin, definer, dims
from kerasan_probe.encode import qualified
from kerasan_probe.recorder import rec

# What leaves each number with its row.
THROUGH = ("Identity", "Cast", "Squeeze", "ExpandDims", "StopGradient")
MAX_TOLD = 50
MAX_OPS = 200
_told = set()


def observe(owner):
    original = vars(owner)["call"]

    @functools.wraps(original)  # keeps the module name: autograph leaves it alone
    def call(self, *args, **kwargs):
        held = None if rec.is_quiet() or len(args) < 2 else rec.safely(
            "loss pairs", begin, *args[:2])
        result = original(self, *args, **kwargs)
        if held:
            rec.safely("loss pairs", tell, self, args[0], args[1], held[0])
        return result

    owner.call = call


def install(losses):
    rec.safely("wrap call of losses", lambda: observe(definer(losses.MeanSquaredError, "call")))


def begin(y_true, y_pred):
    """[names of the operations that use the targets] before a call in a graph, else None."""
    if not in_graph(y_pred) or not in_graph(y_true) or len(_told) >= MAX_TOLD:
        return None
    return [{op.name for op in followed(y_true)[1]}]


def in_graph(tensor):
    return type(tensor).__name__ in ("Tensor", "SymbolicTensor") and \
        hasattr(tensor, "op") and hasattr(tensor, "consumers")


def followed(tensor):
    """Tensors with the same numbers of the same rows, and the operations that take one of them."""
    tensors, ops, queue = [tensor], [], [tensor]
    while queue and len(ops) < MAX_OPS:
        for op in queue.pop().consumers():
            ops.append(op)
            if op.type in THROUGH:
                tensors.extend(op.outputs)
                queue.extend(op.outputs)
    return tensors, ops


def tell(loss, y_true, y_pred, before):
    """After the call."""
    with rec.budget.measure(), rec.quiet():
        targets, ops = followed(y_true)
        of_targets = {tensor.name for tensor in targets}
        of_predictions = {tensor.name for tensor in followed(y_pred)[0]}
        pairs = []
        for op in ops:
            inputs = list(op.inputs)
            theirs = [one for one in inputs if one.name in of_targets]
            ours = [one for one in inputs if one.name in of_predictions]
            if op.name not in before and theirs and ours:
                pairs.append({"op": op.type, "name": op.name, "targets": dims(theirs[0].shape),
                              "predictions": dims(ours[0].shape)})
        function = getattr(loss, "fn", None)
        own = builtin(loss) and (function is None or framework_function(function))
        key = type(loss).__name__, str(y_true.shape), str(y_pred.shape), str(function)
        if not pairs or key in _told:
            return
        _told.add(key)
        rec.emit("loss_pairs", call=rec.current_call(), where=frames.here(2), builtin=own,
                 function=None if function is None else getattr(function, "__name__", None),
                 y_true=dims(y_true.shape), y_pred=dims(y_pred.shape), pairs=pairs,
                 **{"class": type(loss).__name__})


def framework_function(function):
    return qualified(inspect.unwrap(function)).split(".")[0] in frames.FRAMEWORK
