"""Cases of losses and metrics: what a program's own call of one gives (docs/trace-events.md)."""
import numpy as np
from kerasan_probe.adapters import measures

from reference import derivatives
from reference.framework import to_numpy, to_tensor


def given(value):
    return to_tensor(value) if isinstance(value, np.ndarray) else value


def shapes(*values):
    return ", ".join("none" if v is None else "%s%s" % (np.asarray(v).dtype, np.shape(v))
                     for v in values)


class LossCase:
    """One call of a loss, or of a function of keras.losses with `config` its keyword arguments."""

    rules = ("loss-value",)

    def __init__(self, loss, y_true, y_pred, sample_weight=None, mask=None, config=None):
        self.loss, self.y_true, self.y_pred = loss, y_true, y_pred
        self.weight, self.mask, self.config = sample_weight, mask, config

    def record(self, trace, _rng):
        y_pred = given(self.y_pred)
        if self.config is not None:
            event = {"class": self.loss.__name__, "function": True, "config": self.config}
        else:
            if self.mask is not None:
                y_pred._keras_mask = given(self.mask)
            event = {"class": type(self.loss).__name__, "dtype": measures.precision_of(self.loss),
                     "config": measures.settings_of(self.loss)}
        result, gradient = self.called(y_pred)
        if gradient is not None:
            event["gradient"] = trace.value({"inputs": [gradient]}, arrays=True)
        arrays = {"y_true": self.y_true, "y_pred": self.y_pred, "sample_weight": self.weight,
                  "mask": self.mask, "result": to_numpy(result)}
        event.update({name: None if value is None else trace.tensor(np.asarray(value))
                      for name, value in arrays.items()})
        event["config"] = trace.value(event["config"], arrays=True)
        trace.emit("loss_value", builtin=True, where=None, **event)

    def called(self, y_pred):
        """The loss, and the derivative of its sum by the predictions where that can be told."""
        def call():
            if self.config is not None:
                return self.loss(given(self.y_true), y_pred, **self.config)
            return self.loss(given(self.y_true), y_pred, sample_weight=given(self.weight))

        watched = derivatives.leaves([y_pred])
        if not watched or self.weight is not None or self.mask is not None \
                or not derivatives.available():
            return call(), None
        made = derivatives.Derivative(call, watched, None)
        return made.outputs, made.by([y_pred])[0]

    def describe(self):
        name = self.loss.__name__ if self.config is not None else type(self.loss).__name__
        config = self.config if self.config is not None else measures.settings_of(self.loss)
        text = "%s(%s) on %s" % (name, config, shapes(self.y_true, self.y_pred, self.weight, self.mask))
        if np.size(self.y_pred) <= 12:
            text += "\n%r %r %r %r" % (self.y_true, self.y_pred, self.weight, self.mask)
        return text


class MetricCase:
    """A metric after some updates: each (y_true, y_pred, sample_weight), or (None, values, weight)."""

    rules = ("metric-value",)

    def __init__(self, metric, updates):
        self.metric, self.updates = metric, updates

    def record(self, trace, _rng):
        told = []
        for y_true, y_pred, weight in self.updates:
            args = [given(y_pred)] if y_true is None else [given(y_true), given(y_pred)]
            self.metric.update_state(*args, sample_weight=given(weight))
            told.append({name: None if value is None else trace.tensor(np.asarray(value))
                         for name, value in (("y_true", y_true), ("y_pred", y_pred),
                                             ("sample_weight", weight))})
        function = getattr(self.metric, "_fn", None)
        trace.emit("metric_value", metric="metric:1", builtin=True, name=self.metric.name,
                   fn=getattr(function, "__name__", None), where=None, reset=True, complete=True,
                   config=trace.value(measures.settings_of(self.metric), arrays=True),
                   dtype=str(self.metric.dtype), updates=told,
                   result=trace.tensor(to_numpy(self.metric.result())),
                   **{"class": type(self.metric).__name__})

    def describe(self):
        text = "%s(%s)" % (type(self.metric).__name__, measures.settings_of(self.metric))
        for update in self.updates:
            text += "\n  " + shapes(*update)
            if np.size(update[1]) <= 16:
                text += " %r %r %r" % update
        return text
