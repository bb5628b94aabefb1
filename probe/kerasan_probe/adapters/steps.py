"""Watches compiled step functions, common to Keras generations with `make_*_function`."""
import copy
import threading
import weakref
from time import perf_counter as clock
from time import process_time

from kerasan_probe.adapters import common_models, optimizers
from kerasan_probe.adapters.common_models import flatten
from kerasan_probe.recorder import rec

ALWAYS = 3  # the first steps of each model and phase are recorded whatever they cost
ALWAYS_RERUN = 2
LOADED = 32  # the same of evaluations of a loaded model, to tell whether each metric means the same
CHEAP = 0.05  # seconds that one of those may cost
MAX_BYTES = 16 << 20  # of one batch, and of the weights
BLOCKS = 16  # the fewest that a long loop is told in


class Local(threading.local):
    watch = None


local = Local()
closing = []  # hooks(watch, key, loop) before a `phase` event


class Watch(object):
    """What has happened so far inside one outermost call."""

    def __init__(self, call, api):
        self.call, self.api = call, api
        self.epoch, self.counts, self.open, self.in_callback, self.reset = 0, {}, {}, 0, False
        self.saving = False  # inside a save that a callback of the framework makes
        self.untold = False  # the last batch was recorded and its logs were not yet
        self.faults = rec.fault_count  # one more may have hidden a batch


class Loop(object):
    """The steps of one phase since it began; open until it ends."""

    def __init__(self, batches_each):
        self.steps, self.recorded, self.open = 0, 0, True
        self.batches_each = batches_each  # of one step; None if it is not known
        self.began = self.last = self.own_time()
        self.blocks, self.block = [], 1  # what each took, and how many steps it has

    def count_one(self):
        self.steps += 1
        if self.steps % self.block == 0:
            now = self.own_time()
            self.blocks.append([one - then for one, then in zip(now, self.last)])
            self.last = now
            if len(self.blocks) == 2 * BLOCKS:
                self.blocks = [[one + other for one, other in zip(*pair)]
                               for pair in zip(self.blocks[::2], self.blocks[1::2])]
                self.block *= 2

    @staticmethod
    def own_time():
        """Wall and processor time so far, without what the probe took of them."""
        return clock() - rec.budget.used(), process_time() - rec.budget.processor()

    def took(self):
        return [now - then for now, then in zip(self.own_time(), self.began)]


def watch():
    call = rec.current_call()
    held = local.watch
    if held is None or held.call != call:
        held = local.watch = Watch(call, None)
        held.faults = -1  # its beginning was not seen: no phase of it is known to be whole
    return held


def begin_call(call, api):
    local.watch = Watch(call, api)


def end_call():
    held = local.watch
    if held is not None:
        for key in list(held.open):
            close_phase(held, key)
    local.watch = None


def close_phase(held, key):
    loop = held.open.pop(key, None)
    if loop:
        loop.open = False
        for hook in closing:
            rec.safely("closing phase", hook, held, key, loop)
        model, phase, validation, epoch = key
        seconds, busy = loop.took()
        rec.emit("phase", call=held.call, model=model, phase=phase, validation=validation,
                 seconds=seconds, processor_seconds=busy, epoch=epoch, steps=loop.steps,
                 recorded=loop.recorded, batches_each=loop.batches_each,
                 blocks={"steps": loop.block, "took": loop.blocks},
                 complete=loop.steps == loop.recorded and held.faults == rec.fault_count)


def close_named(phase):
    """The framework says that a loop of this phase has ended."""
    held = local.watch
    if held is not None and not held.in_callback:
        for key in [k for k in held.open if k[1] == phase]:
            close_phase(held, key)


living = weakref.WeakSet()  # step functions
_seen = {}  # (model, phase) -> [recorded, re-run, seconds that the last one cost]


def begin_step(step_class, function, model, iterator):
    """A step of ``function`` that begins; None where it is not observed."""
    held = watch()
    if model is None:
        return None
    if held.in_callback:
        rec.uncovered("steps inside a callback", function.phase)
        return None
    return step_class(function, model, held, iterator)


class Step(object):
    logs_are = "running"
    watcher = None  # makes the watcher of a step; set where loops are said to be compiled
    whole = False  # of a loaded model, all of whose batches are recorded

    def __init__(self, function, model, held, iterator):
        self.function, self.model, self.held = function, model, held
        self.framework, self.phase = function.framework, function.phase
        self.validation = held.api == "Model.fit" and self.phase == "test"
        self.name = rec.ref("model", model)
        self.index = held.counts.setdefault((self.phase, self.name), [0])[0]
        self.seen = _seen.setdefault((self.name, self.phase), [0, 0, 0.0])
        self.event = None
        self.spent = rec.budget.spent
        self.whole = self.phase == "test" and self.seen[2] < CHEAP and self.seen[0] < LOADED and \
            common_models.loaded(self.name)
        self.sampled = self._allowed(self.whole or self.seen[0] < ALWAYS, self.seen[2]) and \
            self.framework.can_watch(model, iterator)

    def _allowed(self, first, cost=0.0):
        return rec.budget.allow(first, cost, training=self.phase == "train")

    def rest(self):
        """Not sampled: until the budget opens again there is no need to look."""
        self.model = None  # it may be kept for long
        self.rests = 0 if self.seen[0] < ALWAYS else \
            rec.budget.opens(self.seen[2], training=self.phase == "train")
        return self

    def count(self):
        held = self.held
        self.counted = held.counts[(self.phase, self.name)]
        epoch = held.epoch if held.api == "Model.fit" else 0
        self.key = (self.name, self.phase, self.validation, epoch)
        self.loop = held.open.get(self.key)
        if self.loop is None:
            each = rec.safely("batches of a step", self.framework.steps_per_execution, self.model)
            self.loop = held.open[self.key] = Loop(each or None)
        self.count_one()

    def count_one(self):
        self.counted[0] += 1
        self.loop.count_one()
        rec.steps_seen += 1

    def stands_for_next(self):
        """True while the next step would be like this one: of the same loop, and not sampled."""
        return self.loop.open and clock() < self.rests and local.watch is self.held and \
            not self.held.in_callback and not rec.is_quiet()

    def before(self, data, iterator):
        """Records the batch; returns the iterator that gives it to the real function."""
        with rec.budget.measure(), rec.quiet():
            with self.framework.undisturbed():
                rec.safely("batch", self._record, data)
                return self.framework.one_element(iterator, data)

    def _record(self, data):
        fw, model = self.framework, self.model
        x, y, weight = (plain(fw, part) for part in fw.unpack(data))
        arrays = flatten([x, y, weight])
        if sum(a.nbytes for a in arrays) > MAX_BYTES:
            rec.uncovered("large tensors", "batches of " + self.name)
            return
        self.event = {"x": encoded(x), "y": encoded(y), "sample_weight": encoded(weight),
                      "size": int(arrays[0].shape[0]) if arrays and arrays[0].ndim else None,
                      "predictions": None, "losses": None}
        self.weights = small_weights(fw, model)
        self.event["weights"] = tensors(self.weights)
        self.id = rec.next_id()
        optimizer = getattr(model, "optimizer", None)
        self.update = None
        if self.phase == "train" and self.weights and optimizer is not None and \
                getattr(fw, "reads_optimizer", True):
            self.update = rec.safely("optimizer state", optimizers.before, optimizer,
                                     list(model.trainable_variables))
        if rec.rerun and self._allowed(self.whole or self.seen[1] < ALWAYS_RERUN):
            self.seen[1] += 1
            done = rec.safely("re-run", fw.rerun, model, data, self.phase, self.id)
            if done:
                self.event["predictions"], self.event["losses"] = done
        self.seen[0] += 1

    def after(self, result):
        if self.event is None:
            return
        fw, event = self.framework, self.event
        logs = plain(fw, result) if self.phase != "predict" else None
        if self.phase == "predict":
            event["results"] = encoded(plain(fw, result))
        event["weights_after"] = event["weights"]
        if self.phase == "train":
            event["weights_after"] = tensors(small_weights(fw, self.model))
        self._emit(logs)
        self.loop.recorded += 1
        if self.update:
            optimizers.emit_update(self.model.optimizer, list(self.model.trainable_variables),
                                   self.update, call=self.held.call, step=self.id,
                                   model=self.name, where=None)
        self.seen[2] = rec.budget.used() - self.spent

    def watched(self, function, *args):
        """Runs the real step; on some steps the layers that Python runs in it are counted."""
        watcher = rec.safely("layer calls", self.watcher, self) if self.watcher else None
        if watcher is None:
            return function(*args)
        with watcher:
            result = function(*args)
        self.event["python_calls"] = len(watcher.seen) if watcher.active else None
        return result

    def _emit(self, logs):
        reset, self.held.reset = self.held.reset, False
        self.held.untold = self.phase == "train"
        rec.emit("step", id=self.id, call=self.held.call, model=self.name, phase=self.phase,
                 index=self.index, epoch=self.key[3], validation=self.validation,
                 logs=encoded(logs), logs_are=self.logs_are if logs is not None else "unknown",
                 metric_state_reset=reset, complete=True, **self.event)
        rec.steps_recorded += 1


class StepFunction(object):
    """Stands for a compiled step function; sampled steps are recorded around the real one."""

    step_class = Step
    last = None  # a step that was not sampled and may stand for those after it

    def __init__(self, framework, model, phase, original):
        self.framework, self.phase, self.original = framework, phase, original
        self.model = weakref.ref(model)
        living.add(self)

    def __getattr__(self, name):
        if name == "original":  # not set yet: while being copied
            raise AttributeError(name)
        return getattr(self.original, name)

    def __deepcopy__(self, memo):
        return copy.deepcopy(self.original, memo)

    def __call__(self, iterator):
        return self.run(self.original, iterator)

    def run(self, original, iterator):
        if self.last is not None and self.last.stands_for_next():
            result = original(iterator)
            self.last.count_one()
            return result
        self.last = None
        if rec.is_quiet():
            return original(iterator)
        step = rec.safely("step sampling", begin_step, self.step_class, self, self.model(), iterator)
        if step is None or not step.sampled:
            result = original(iterator)
            if step is not None:
                rec.safely("step count", step.count)
                self.last = rec.safely("step rest", step.rest)
            return result
        try:
            data = self.framework.next_batch(iterator)
        except (StopIteration, self.framework.end_of_data):
            return original(iterator)  # raises what it would have raised
        source = rec.safely("step before", step.before, data, iterator)
        if source is None:  # the batch is taken: it must reach the program whatever failed
            source = self.framework.put_back(iterator, data)
        result = step.watched(original, source)
        rec.safely("step count", step.count)
        with rec.budget.measure(), rec.quiet():
            rec.safely("step", step.after, result)
        return result


def plain(fw, tree):
    """A nest of tensors as a nest of arrays; tuples become lists, and one item itself."""
    if isinstance(tree, dict):
        return {key: plain(fw, item) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        items = [plain(fw, item) for item in tree]
        return items[0] if len(items) == 1 else items
    return None if tree is None else fw.numpy(tree)


def encoded(tree):
    return rec.value(tree, arrays=True)


def small_weights(fw, model):
    try:
        variables = list(model.weights)
    except (ValueError, AttributeError):
        return {}
    values = {rec.ref("variable", v): fw.numpy(v) for v in variables}
    if sum(v.nbytes for v in values.values()) > MAX_BYTES:
        rec.uncovered("large tensors", "weights of " + rec.ref("model", model))
        return {}
    return values


def tensors(arrays):
    return {key: rec.tensor(array) for key, array in arrays.items()}
