"""What comes first out of shuffled datasets whose seeds are fixed, as the program itself iterates over
them: the same pipeline from the same seeds is to begin alike. Nothing is read that the program does
not read."""
import functools
import sys
import weakref

import numpy as np

from kerasan_probe import frames
from kerasan_probe.adapters.common_models import definer, flatten
from kerasan_probe.recorder import digest_of, rec

ELEMENTS = 3  # of one iteration
MAX_BYTES = 4 << 20  # of one element
MAX_SOURCE = 64 << 20
MAX_TOLD = 300  # iterations
# What these give depends on nothing but their input and these attributes.
KNOWN = {"TensorSlice": (), "Tensor": (), "Range": ("_start", "_stop", "_step"), "Zip": (),
         "Shuffle": ("_buffer_size", "_seed", "_seed2", "_reshuffle_each_iteration"),
         "Batch": ("_batch_size", "_drop_remainder"), "Repeat": ("_count",), "Take": ("_count",),
         "Skip": ("_count",), "Prefetch": ("_buffer_size",)}
_passes = weakref.WeakKeyDictionary()  # a dataset that shuffles -> how often it was started
_shared = {}  # id of a distributed dataset -> (weak reference, dataset, strategy)
_running = {}  # id of an iterator -> [weak reference, event without its element, elements told]
_wrapped = set()
_told = [0]


class Unknown(Exception):
    """A pipeline that may give other elements; the text says why."""


def chain(dataset):
    """A dataset and all those that it is made from."""
    queue, out = [dataset], []
    while queue and len(out) < 100:
        held = queue.pop()
        held = getattr(held, "_dataset", held)  # behind an adapter between generations
        out.append(held)
        queue.extend(held._inputs())
    return out


def kind(dataset):
    name = type(dataset).__name__.strip("_")
    return name[:-len("Dataset")] if name.endswith("Dataset") else name


def described(datasets):
    """All that decides what comes out, as text; raises Unknown."""
    out, room = [], MAX_SOURCE
    for dataset in datasets:
        name = kind(dataset)
        if name not in KNOWN:
            raise Unknown(name)
        held = [plain(getattr(dataset, attr)) for attr in KNOWN[name]]
        if name == "Shuffle" and not any(held[1:3]):
            raise Unknown("a shuffle without a seed")
        for tensor in dataset._tensors if name.startswith("Tensor") else ():
            array = np.asarray(tensor.numpy())
            room -= array.nbytes
            if room < 0 or array.dtype == object:
                raise Unknown("a large source or one of strings")
            held.append(digest(array))
        out.append("%s%s" % (name, held))
    return " < ".join(out)


def digest(array):
    return digest_of(array.dtype.name, list(array.shape), np.ascontiguousarray(array).tobytes())


def plain(value):
    return int(value.numpy()) if hasattr(value, "numpy") else value


def started(source, iterator, frame):
    """An iteration over a dataset, or a distributed one, begins."""
    known = _shared.get(id(source))
    dataset, strategy = (known[1], known[2]) if known and known[0]() is source else (source, None)
    datasets = chain(dataset)
    shuffles = [held for held in datasets if kind(held) == "Shuffle"]
    passes = [_passes.get(held, 0) for held in shuffles]
    for held in shuffles:
        _passes[held] = _passes.get(held, 0) + 1
    # Later passes may have an order of their own, and other datasets may have begun them.
    if not shuffles or any(passes) or not frames.of_user(frame) or _told[0] >= MAX_TOLD or \
            not hasattr(source, "_inputs") and not strategy or not rec.budget.allow(_told[0] < 8):
        return
    try:
        text = described(datasets)
    except Unknown as error:
        return rec.uncovered("order of a seeded dataset", str(error))
    _told[0] += 1
    watch(type(iterator))
    _running[id(iterator)] = [weakref.ref(iterator), {
        "pipeline": text, "strategy": strategy, "where": frames.user_frame(frame)}, 0]


def watch(cls):
    owner = definer(cls, "__next__")
    if owner in _wrapped:
        return
    _wrapped.add(owner)
    original = vars(owner)["__next__"]

    @functools.wraps(original)
    def __next__(self):
        element = original(self)
        held = _running.get(id(self))
        if held is not None and not rec.is_quiet():
            rec.safely("seeded order", tell, self, held, element)
        return element

    owner.__next__ = __next__


def tell(iterator, held, element):
    if held[0]() is not iterator:
        del _running[id(iterator)]
        return
    with rec.budget.measure(), rec.quiet():
        arrays = [leaf.numpy() for leaf in flatten(element)]  # raises for several replicas
        if sum(array.nbytes for array in arrays) > MAX_BYTES:
            held[2] = ELEMENTS
        else:
            rec.emit("seeded_element", index=held[2], element=[digest(one) for one in arrays],
                     call=rec.current_call(), **held[1])
        held[2] += 1
    if held[2] >= ELEMENTS:
        del _running[id(iterator)]


def observe_iterations(cls):
    owner = definer(cls, "__iter__")
    original = vars(owner)["__iter__"]

    @functools.wraps(original)  # keeps the module name: autograph leaves it alone
    def __iter__(self):
        iterator = original(self)
        if not rec.is_quiet() and hasattr(type(iterator), "__next__"):
            with rec.budget.measure():
                rec.safely("seeded dataset", eagerly, self, iterator, sys._getframe(1))
        return iterator

    owner.__iter__ = __iter__


def eagerly(source, iterator, frame):
    import tensorflow as tf
    if tf.executing_eagerly():
        with rec.quiet():
            started(source, iterator, frame)


def observe_strategies(owner):
    name = "experimental_distribute_dataset"
    original = getattr(owner, name)

    @functools.wraps(original)
    def distribute(self, dataset, *args, **kwargs):
        result = original(self, dataset, *args, **kwargs)
        if not rec.is_quiet():
            rec.safely("distributed dataset", note, self, dataset, result)
        return result

    def note(strategy, dataset, result):
        if result is dataset or strategy.num_replicas_in_sync != 1 or \
                not hasattr(dataset, "_inputs"):
            return
        key = id(result)  # what is held here goes with the distributed dataset
        _shared[key] = (weakref.ref(result, lambda _: _shared.pop(key, None)), dataset,
                        type(strategy).__name__)
        if type(result) not in _wrapped and "__iter__" in dir(type(result)):
            _wrapped.add(type(result))
            observe_iterations(type(result))

    setattr(definer(owner, name), name, distribute)


def install(tf):
    rec.safely("wrap iterations", observe_iterations, tf.data.Dataset)
    rec.safely("wrap strategies", observe_strategies, tf.distribute.Strategy)
