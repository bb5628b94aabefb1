"""What equal calls must not do again, on real releases: programs with a fault put into the framework
beside calls that are as they should be."""
import pytest

TRACED = """
import numpy as np
import tensorflow as tf
from tensorflow import keras

x = np.random.RandomState(0).rand(40, 3).astype("float32")
y = x[:, :1]
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)


def model():
    net = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Dense(1)])
    net.compile(optimizer="sgd", loss="mse")
    return net


whole = model()
for _ in range(8):
    whole.fit(x, y, batch_size=16, verbose=0)
    whole.fit(data, verbose=0)
    whole.evaluate(x, y, batch_size=16, verbose=0)
    whole.predict(x, batch_size=16, verbose=0)
    whole.train_on_batch(x[:16], y[:16])
    whole.predict_on_batch(x[:16])

plain = keras.Model.make_predict_function


def anew(self, force=False):
    self.predict_function = None
    return plain(self)


keras.Model.make_predict_function = anew
traced = model()
for _ in range(8):
    traced.predict(x, batch_size=16, verbose=0)  # a new trace in each of these
"""

GROWN = """
import numpy as np
import tensorflow as tf
from tensorflow import keras

x = np.random.RandomState(0).rand(40, 3).astype("float32")
y = x[:, :1]


def model():
    net = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])
    net.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return net


whole = model()
for _ in range(8):
    whole.fit(x, y, batch_size=16, verbose=0, validation_data=(x, y))
    whole.evaluate(x, y, batch_size=16, verbose=0)
    whole.predict(x, batch_size=16, verbose=0)
    whole.train_on_batch(x[:16], y[:16])

plain = keras.Model.reset_metrics


def anew(self):
    tf.zeros(())
    plain(self)


keras.Model.reset_metrics = anew
grown = model()
for _ in range(8):
    grown.evaluate(x, y, batch_size=16, verbose=0)  # a new operation in each of these
"""


def line_of(program, text):
    return next(n for n, line in enumerate(program.split("\n"), 1) if text in line)


def found(run):
    return sorted((f["rule"], f["where"]["line"]) for f in run.report["findings"]
                  if f["rule"] != "own-deprecation")


@pytest.mark.parametrize("env", ["tf-2.15.0", "keras3"])
def test_a_step_that_is_traced_anew(watched, tmp_path, env):
    program = tmp_path / "program.py"
    program.write_text(TRACED)
    run = watched(env, program)
    assert run.report["program"]["exit"] == 0, run.told()
    assert found(run) == [("steps-traced-once", line_of(TRACED, "a new trace"))], run.told()


def test_a_graph_that_grows_with_each_call(watched, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(GROWN)
    run = watched("tf-1.15.0", program)
    assert run.report["program"]["exit"] == 0, run.told()
    assert ("steady-graph", line_of(GROWN, "a new operation")) in found(run), run.told()
    assert [rule for rule, _ in found(run)].count("steady-graph") == 1, run.told()
