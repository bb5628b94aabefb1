"""Which input pipelines of a graph give the same batches again when they are run again."""
import os

from tensorflow.python.framework import tensor_util
from tensorflow.python.keras import backend

# What these do depends on nothing but their inputs and their pure functions.
REPEATABLE = {
    "BatchDataset", "BatchDatasetV2", "CacheDataset", "ConcatenateDataset", "FilterDataset",
    "FlatMapDataset", "InterleaveDataset", "MapAndBatchDataset", "MapDataset",
    "MaxIntraOpParallelismDataset", "ModelDataset", "OptimizeDataset", "OptionsDataset",
    "PaddedBatchDataset", "PaddedBatchDatasetV2", "ParallelMapDataset", "PrefetchDataset",
    "PrivateThreadPoolDataset", "RangeDataset", "RepeatDataset", "ShardDataset",
    "ShuffleDataset", "SkipDataset", "TakeDataset", "TensorDataset", "TensorSliceDataset",
    "UnbatchDataset", "WindowDataset", "ZipDataset"}
OTHERS_WORK = ("PyFunc", "EagerPyFunc", "Placeholder", "Variable", "ReadFile")
FRAMEWORK = os.path.dirname(os.path.abspath(backend.__file__)) + os.sep


class Unrepeatable(Exception):
    """A pipeline that may give other batches; the text says why."""


def initializer_of(tensors):
    """The operation that starts the one iterator behind these tensors from its beginning."""
    makers = set()
    for op in ancestors([tensor.op for tensor in tensors], ("IteratorGetNext",)):
        if op.type == "IteratorGetNext":
            makers.update(_makers(op.inputs[0].op))
        else:
            check(op, op.graph)
    if len(makers) != 1:
        raise Unrepeatable("no iterator that can be started again")
    maker = makers.pop()
    for op in ancestors([maker.inputs[0].op], ()):
        check(op, op.graph)
    return maker


def _makers(handle):
    if not any(os.path.abspath(frame[0]).startswith(FRAMEWORK) for frame in handle.traceback):
        raise Unrepeatable("an iterator of the program's own")
    makers = [op for op in handle.outputs[0].consumers() if op.type == "MakeIterator"]
    if not makers:
        raise Unrepeatable("no iterator that can be started again")
    return makers


def ancestors(queue, stop):
    seen = set()
    while queue:
        op = queue.pop()
        if op in seen:
            continue
        seen.add(op)
        if op.type not in stop:
            queue.extend(tensor.op for tensor in op.inputs)
            queue.extend(op.control_inputs)
    return seen


def check(op, graph):
    """Raises unless the operation gives the same for the same inputs."""
    kind = op.type.replace("Experimental", "")
    if kind.endswith("Dataset") or "Dataset" in kind:
        if kind not in REPEATABLE:
            raise Unrepeatable(op.type)
        if kind == "ShuffleDataset" and not fixed_order(op):
            raise Unrepeatable("shuffles anew")
        if kind == "CacheDataset" and tensor_util.constant_value(op.inputs[1]) != b"":
            raise Unrepeatable("a cache in a file")
    else:
        check_type(op.type, graph)
    for name in op.node_def.attr:
        check_attribute(op.node_def.attr[name], graph)


def check_type(kind, graph):
    if kind.startswith(OTHERS_WORK) or graph._get_op_def(kind).is_stateful:
        raise Unrepeatable(kind)


def fixed_order(op):
    """Two seeds of zero stand for one drawn anew at each start."""
    seeds = list(op.inputs[2:4])
    for inside in ancestors([tensor.op for tensor in seeds], ()):
        check(inside, inside.graph)
    return not op.get_attr("reshuffle_each_iteration") and len(seeds) == 2 and \
        any(int(seed) for seed in backend.get_session().run(seeds))


def check_attribute(value, graph):
    """Functions are looked into, whatever holds them."""
    for called in [value.func] + list(value.list.func):
        if called.name:
            check_function(called.name, graph)


def check_function(name, graph):
    held = graph._get_function(name)
    if held is None:
        raise Unrepeatable("function " + name)
    for node in held.definition.node_def:
        if graph._is_function(node.op):
            check_function(node.op, graph)
        elif "Dataset" in node.op:
            raise Unrepeatable(node.op + " in a function")
        else:
            check_type(node.op, graph)
        for key in node.attr:
            check_attribute(node.attr[key], graph)
