"""The adapters of tf.keras 2.2 to 2.15 and Keras 3, on real programs."""
import array
import os
import subprocess

import pytest

from conftest import ENVS, ROOT, preloaded_python_of, quiet_environment
from probe_core_test import frames

RELEASES = ["tf-2.2.0", "tf-2.3.0", "tf-2.4.0", "tf-2.15.0", "keras3"]
BEGIN = """
import os, random
import numpy as np
import tensorflow as tf
keras = tf.keras; L = keras.layers
random.seed(3); np.random.seed(4); tf.random.set_seed(5)
if hasattr(keras.utils, "set_random_seed"): keras.utils.set_random_seed(6)
"""
PROGRAM = BEGIN + """
model = keras.Sequential([L.Dense(4, activation="relu", input_shape=(3,)), L.Dropout(0.3),
                          L.BatchNormalization(), L.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
x = np.random.rand(22, 3).astype("float32"); y = np.random.rand(22).astype("float32")
print(model.fit(x, y, epochs=2, batch_size=8, verbose=0, validation_split=0.2).history)
print(model.evaluate(x, y, verbose=0), model.predict(x, verbose=0).tolist())
print(model.train_on_batch(x[:8], y[:8]))
count = getattr(model.train_function, "experimental_get_tracing_count", lambda: None)
print("traces", count(), tf.random.uniform([2]).numpy(), random.random(), np.random.rand())

layer = L.Dense(2); layer.build((None, 3)); optimizer = keras.optimizers.SGD(0.25)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x) ** 2)
    held = layer.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, held), held))
"""
NESTED = BEGIN + """
i = keras.Input((4,)); inner = keras.Model(i, L.Dense(2, name="inside")(i))
for layer in (inner, L.Dense(2, name="plain")):
    o = keras.Input((5, 4))
    m = keras.Model(o, L.TimeDistributed(layer)(o))
    m.compile("sgd", "mse")
    m.predict(np.ones((3, 5, 4), "float32"), verbose=0)
"""


def run(env, text, folder, watch):
    if not (ENVS / env).exists():
        pytest.skip(env + " is not installed")
    program, trace = folder / "program.py", folder / "trace"
    program.write_text(text)
    extra = {}
    if watch:
        path = [str(ROOT / "probe" / "inject"), str(ROOT / "probe")]
        # All of its time to the probe, so that a busy machine drops no step.
        extra = {"KERASAN_TRACE": str(trace), "PYTHONPATH": os.pathsep.join(path),
                 "KERASAN_BUDGET": "100"}
    done = subprocess.run([preloaded_python_of(env), str(program)], env=quiet_environment(extra),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    if not watch:
        return done.stdout, None, None
    events, tensors = [], {}
    for kind, _, header, blob in frames(str(trace)):
        if kind == 1:
            events.append(header)
        else:
            tensors[header["digest"]] = floats(header, blob)
    return done.stdout, events, tensors


def of_kind(events, kind, **fields):
    return [e for e in events if e["kind"] == kind and all(e[k] == v for k, v in fields.items())]


@pytest.mark.parametrize("env", RELEASES)
def test_a_watched_program_is_unchanged_and_recorded(env, tmp_path):
    bare, _, _ = run(env, PROGRAM, tmp_path, watch=False)
    watched, events, tensors = run(env, PROGRAM, tmp_path, watch=True)
    assert watched == bare  # results, random states and the number of traces
    assert not of_kind(events, "fault")
    train = of_kind(events, "phase", phase="train", validation=False)
    assert [p["steps"] for p in train] == [3, 3, 1]
    assert of_kind(events, "phase", phase="test", validation=True)[0]["steps"] == 1
    assert len(of_kind(events, "step", phase="train")) >= 3
    check_dense(events, tensors)
    check_sgd(events, tensors)


def floats(header, blob):
    """The numbers of a float32 array, in row-major order; None for other types."""
    return list(array.array("f", blob)) if header["dtype"] == "float32" else None


def check_dense(events, tensors):
    """Recorded inputs, weights and outputs of one application belong together."""
    applied = [a for a in of_kind(events, "application") if a["class"] == "Dense"]
    assert applied
    for event in applied:
        x, out = (tensors[event[k][0]["$tensor"]] for k in ("inputs", "outputs"))
        kernel, bias = (tensors[w["value"]["$tensor"]] for w in event["weights"])
        units, width = len(bias), len(kernel) // len(bias)
        assert len(out) == len(x) // width * units
        for at, value in enumerate(out):
            row, unit = divmod(at, units)
            want = bias[unit] + sum(x[row * width + k] * kernel[k * units + unit]
                                    for k in range(width))
            if event["config"]["activation"] == "relu":
                want = max(want, 0)
            assert value == pytest.approx(want, rel=1e-5, abs=1e-5)


def check_sgd(events, tensors):
    """Gradients handed to apply_gradients explain the step."""
    exact = of_kind(events, "update", exact_grad=True)
    assert len(exact) == 2
    for var in exact[0]["vars"]:
        before, after, grad = (tensors[var[k]["$tensor"]] for k in ("before", "after", "grad"))
        want = [b - 0.25 * g for b, g in zip(before, grad)]
        assert after == pytest.approx(want, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("env", RELEASES)
def test_graph_events_show_what_reads_an_inner_weight(env, tmp_path):
    _, events, _ = run(env, NESTED, tmp_path, watch=True)
    seen = {}
    for event in of_kind(events, "graph", **{"class": "TimeDistributed"}):
        for use in event["uses"]:
            if "kernel" in use["weight"] and event["call"] is not None:
                ops = [c["op"] for c in use["consumers"]]
                seen[use["name"]] = ops.count("MatMul")
                assert use["applications"] == (None if env == "keras3" else 1)
    if env == "keras3":  # one application for each time step, and no second run
        assert seen == {"plain": 5, "inside": 5}
    else:  # there, compute_mask of a functional model runs the model a second time
        assert seen == {"plain": 1, "inside": 2}


SHAPES = BEGIN + """
class Pair(L.Layer):
    def __init__(self):
        super(Pair, self).__init__()
        self.dense = L.Dense(3)
    def call(self, inputs):
        return (self.dense(inputs[0]) + inputs[0],)

class Gain(L.Layer):
    def build(self, input_shape):
        self.gain = self.add_weight("gain", shape=(), initializer="ones")
        super(Gain, self).build(input_shape)
    def call(self, inputs):
        return inputs * self.gain

print(Gain().compute_output_shape((None, 3)), tf.strided_slice(tf.ones((2, 3)), [0, 1], [2, 3]).shape)
i = keras.Input((3,)); first, second = Pair(), Pair()
hidden = second((first((i, None))[0], None))[0]
m = keras.Model(i, L.Dense(1, activation="tanh", name="last")(hidden))
print(m.output.op.type, len(m.weights))
m.compile("sgd", "mse")
"""


def test_shapes_and_structure_are_told(tmp_path):
    text, _, _ = run("tf-2.2.0", SHAPES, tmp_path, False)
    watched, events, _ = run("tf-2.2.0", SHAPES, tmp_path, True)
    assert watched == text
    told = {e["kind"]: e for e in events if e["kind"] in ("shape_hook", "operation", "model",
                                                          "output_operation")}
    assert told["shape_hook"]["given"] == {"$tuple": [None, 3]}
    assert told["shape_hook"]["handed"] is None  # what this release does
    assert told["operation"]["result"]["$array"]["shape"] == [2, 2]
    assert told["operation"]["args"]["begin"] == [0, 1]
    assert "Dense" in {w["class"] for w in told["model"]["unlisted"]}
    assert told["output_operation"]["operation"]["inputs"] == ["Tanh"]
