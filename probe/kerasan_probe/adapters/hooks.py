"""The hooks that Keras 2.2 and later and Keras 3 have in common."""
import functools
import gc
import inspect
import sys
import weakref

from kerasan_probe import calls
from kerasan_probe.adapters import (
    common_encode,
    common_models,
    inner_evaluations,
    optimizers,
    saves,
    schedules,
    settings,
    steps,
)
from kerasan_probe.adapters.common_models import definer, overrides
from kerasan_probe.calls import wrap_call
from kerasan_probe.recorder import rec

CALLBACK_HOOKS = ("on_epoch_begin", "on_epoch_end", "on_batch_begin", "on_batch_end",
                  "on_train_batch_begin", "on_train_batch_end", "on_test_batch_begin",
                  "on_test_batch_end", "on_predict_batch_begin", "on_predict_batch_end",
                  "on_train_begin", "on_train_end", "on_test_begin", "on_test_end",
                  "on_predict_begin", "on_predict_end")
BATCH_ENDS = ("on_batch_end", "on_train_batch_end")


def observe_model_calls(model_class, compiled):
    """Calls of models, with a snapshot wherever something may have changed."""
    running = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch",
               "predict_on_batch")
    for name in running:
        api = "Model." + name
        before, after = _running(api, compiled, name.endswith("on_batch"))
        _wrap(model_class, name, api, before=before, after=after, self_ref="model")
    _wrap(model_class, "compile", "Model.compile", self_ref="model",
          after=_compiled(compiled))
    _wrap(model_class, "reset_states", "Model.reset_states", self_ref="model",
          after=settings.states_reset)
    for name, what in (("save", "model"), ("save_weights", "weights")):
        before, after = saves.saving(what, compiled)
        _wrap(model_class, name, "Model." + name, self_ref="model", before=before, after=after)
        calls.inner_watchers["Model." + name] = saves.saving_inside(what, compiled)
    _wrap(model_class, "load_weights", "Model.load_weights", self_ref="model",
          after=saves.loading_weights(compiled))
    _wrap(model_class, "summary", "Model.summary", self_ref="model",
          before=_look("call", compiled))


def _wrap(owner, name, *args, **kwargs):
    if hasattr(owner, name):
        rec.safely("wrap " + name, wrap_call, definer(owner, name), name, *args, **kwargs)


_batch_calls = {}


def _running(api, compiled, one_batch):
    def before(model, _args, call):
        steps.begin_call(call, api)
        key = (api, rec.ref("model", model))
        _batch_calls[key] = _batch_calls.get(key, 0) + 1
        if not one_batch or _batch_calls[key] <= 2:  # a loop of batches is one program point
            common_models.snapshot(model, "call", compiled)

    def after(model, args, call, _result):
        steps.end_call()
        if restores(args.get("callbacks")):
            rec.emit("weights_at_end", call=call, model=rec.ref("model", model),
                     values=rec.safely("weights", lambda: saves.values_of(saves.weights_of(model))))
        rec.safely("metric states", settings.metric_states, model, call, api)
        if not one_batch or _batch_calls[(api, rec.ref("model", model))] <= 2:
            common_models.snapshot(model, "end of call", compiled)

    return before, after


def restores(callbacks):
    """Whether one of these callbacks of the framework puts back weights of an earlier epoch."""
    return any(getattr(one, "restore_best_weights", False) and common_models.builtin(one)
               for one in common_models.flatten(callbacks))


def _compiled(compiled):
    def after(model, args, call, _result):
        common_models.snapshot(model, "compile", compiled)
        rec.safely("named optimizer", settings.named_optimizer, model, args, call)
    return after


def _look(when, compiled):
    return lambda model, *_: common_models.snapshot(model, when, compiled)


def observe_loading(owner, compiled):
    """Wraps the functions of a module that save, load and rebuild models; {name: (old, new)}."""
    def loaded(_self, args, call, result):
        if hasattr(result, "layers"):
            path = args.get("filepath")
            common_models.note_loaded(result, path, call)
            common_models.snapshot(result, "load", compiled, path=common_models.path_text(path),
                                   saves="model", stamp=saves.stamp(path))

    def clones(_self, args, _call):
        common_models.snapshot(args["model"], "call", compiled)

    def cloned(_self, args, call, result):
        own = any(args.get(name) is not None for name in ("clone_function", "call_function"))
        common_models.note_made(result, "clone_model", rec.ref("model", args["model"]), call,
                                custom=own)
        common_models.snapshot(result, "load", compiled)

    out = {}
    for name, around in (("load_model", (None, loaded)), ("clone_model", (clones, cloned)),
                         ("save_model", saves.saving_function(compiled)),
                         ("model_from_json", saves.took("model_from_json", "json_string", str))):
        old = getattr(owner, name, None)
        if old is not None:
            out[name] = (old, wrap_call(owner, name, name, before=around[0], after=around[1]))
    return out


def observe_optimizers(classes):
    """Construction of optimizers by the program."""
    done = set()
    for cls in classes:
        if "__init__" in vars(cls) and cls not in done:
            done.add(cls)
            rec.safely("wrap " + cls.__name__, _observe_optimizer, cls)


def _observe_optimizer(cls):
    wrap_call(cls, "__init__", "Optimizer", after=lambda me, args, call, result:
              optimizers.note_construction(me, args), self_ref="optimizer")


def observe_callbacks(callback_list):
    """Epochs and ends of loops, told by the framework's own list of callbacks."""
    for name in CALLBACK_HOOKS + ("_call_batch_hook",):
        if name in vars(callback_list):
            _observe_callback(callback_list, name)
    rec.safely("wrap callbacks", _observe_construction, callback_list)


def _observe_construction(callback_list):
    """Which arguments the callbacks of the framework are made with."""
    queue, done = [vars(sys.modules[callback_list.__module__])["Callback"]], set()
    while queue:
        cls = queue.pop()
        queue.extend(cls.__subclasses__())
        if cls in done:
            continue
        done.add(cls)
        if "__init__" in vars(cls):
            _note_arguments(cls)
        if cls.__name__ == "LearningRateScheduler":
            rec.safely("wrap schedules", schedules.install, cls)


def _note_arguments(cls):
    original = vars(cls)["__init__"]
    signature = inspect.signature(original)

    @functools.wraps(original)
    def __init__(*args, **kwargs):
        if args and not rec.is_quiet():
            rec.safely("callback", common_encode.note_given, args[0],
                       lambda: list(signature.bind(*args, **kwargs).arguments)[1:])
        return original(*args, **kwargs)

    cls.__init__ = __init__


def _observe_callback(owner, name):
    original = vars(owner)[name]

    @functools.wraps(original)
    def hook(self, *args, **kwargs):
        held = steps.local.watch
        if held is None:
            return original(self, *args, **kwargs)
        if name == "on_epoch_begin" and not held.in_callback:
            rec.safely("epoch", _note_epoch, held, *args)
        if held.untold and not held.in_callback and \
                (name in BATCH_ENDS or name == "_call_batch_hook" and "end" in args):
            rec.safely("logs of a batch", _note_logs, held, self, args, kwargs)
        held.in_callback += 1
        try:
            return original(self, *args, **kwargs)
        finally:
            held.in_callback -= 1
            closes = {"on_epoch_end": "train", "on_test_end": "test", "on_predict_end": "predict"}
            if name in closes:
                rec.safely("phase", steps.close_named, closes[name])

    setattr(owner, name, hook)


def _note_logs(held, callbacks, args, kwargs):
    """What callbacks of the program are told of a batch."""
    held.untold = False
    logs = kwargs.get("logs", args[-1] if args else None)
    if not isinstance(logs, dict) or not any(
            overrides(one, name) for one in callbacks.callbacks for name in BATCH_ENDS):
        return
    with rec.budget.measure(), rec.quiet():
        rec.emit("batch_logs", call=held.call, epoch=held.epoch, logs={
            name: rec.value(float(value)) for name, value in logs.items()
            if name not in ("batch", "size")})


def _note_epoch(held, epoch, *_):
    held.epoch = int(epoch)


def observe_steps(framework, model_class):
    """Wraps what `make_*_function` makes."""
    for phase in ("train", "test", "predict"):
        _observe_maker(framework, model_class, phase)
    calls.inner_observers["Model.evaluate"] = functools.partial(inner_evaluations.rows, framework)
    observe_reset(model_class)


def observe_reset(model_class):
    """Notes when the framework resets its metrics between loops."""
    original = getattr(model_class, "reset_metrics", None)
    if original is None:
        return

    @functools.wraps(original)
    def reset_metrics(self, *args, **kwargs):
        held = steps.local.watch
        if held is not None:
            held.reset = True
        return original(self, *args, **kwargs)

    definer(model_class, "reset_metrics").reset_metrics = reset_metrics


def _observe_maker(framework, owner, phase):
    maker, attr = "make_%s_function" % phase, phase + "_function"
    original = getattr(owner, maker)

    @functools.wraps(original)
    def make(self, *args, **kwargs):
        made = original(self, *args, **kwargs)
        rec.safely("wrap " + maker, _stand_in, framework, self, phase, attr)
        return made if made is None else getattr(self, attr)

    setattr(definer(owner, maker), maker, make)


def _stand_in(framework, model, phase, attr):
    held = getattr(model, attr)
    if held is not None and not isinstance(held, steps.StepFunction) and not rec.is_quiet():
        setattr(model, attr, framework.function_class(framework, model, phase, held))


class Resources(object):
    """Live objects and graph functions, and traces made: read when a call returns."""

    def __init__(self, graph_class=None):
        self._graph_class = graph_class
        self._functions = None

    def install(self):
        rec.counters.update(objects=self.objects, functions=lambda: self._functions, traces=traces)

    def objects(self):
        """One pass of the collector's list for both counts, while the budget allows."""
        self._functions = None
        if not rec.budget.allow():
            return None
        held = gc.get_objects()
        if self._graph_class is not None:
            self._functions = sum(1 for item in held if type(item) is self._graph_class)
        return len(held)


_traced = weakref.WeakKeyDictionary()  # compiled function of a step -> traces of it told so far
_traces = []  # all of them; also of functions that are gone


def traces():
    """Traces made so far by the compiled step functions that are known, or None."""
    for function in list(steps.living):
        for one in compiled_functions(function.original):
            count = one.experimental_get_tracing_count()
            if not _traces:
                _traces.append(0)
            _traces[0] += max(0, count - _traced.get(one, 0))
            _traced[one] = count
    return _traces[0] if _traces else None


def compiled_functions(step):
    """The step function itself, or those that a plain function around them closes over."""
    if hasattr(step, "experimental_get_tracing_count"):
        return [step]
    held = []
    for cell in getattr(step, "__closure__", None) or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:  # not set yet
            pass
    return [one for one in held if hasattr(one, "experimental_get_tracing_count")]
