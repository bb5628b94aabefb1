"""The adapters of tf.keras 1.13 to 2.1, on real programs."""
import pytest
from probe_k2_test import of_kind, run

PROGRAM = """
import numpy as np
import tensorflow as tf
np.random.seed(4)
(tf.compat.v1.set_random_seed if tf.__version__ < "2" else tf.random.set_seed)(5)
L = tf.keras.layers
def build():
    model = tf.keras.Sequential([L.Dense(4, input_shape=(3,)), L.Dropout(0.3), L.Dense(1)])
    model.compile(tf.keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model
x = np.random.rand(22, 3).astype("float32"); y = np.random.rand(22, 1).astype("float32")
for _ in range(2):  # the seeds of the second depend on what the first added to the graph
    model = build()
    print(model.fit(x, y, epochs=2, batch_size=8, verbose=0, validation_split=0.2).history)
    print(model.evaluate(x, y, batch_size=8, verbose=0), model.predict(x).tolist())
"""
RATE = """
import numpy as np
import tensorflow as tf
if tf.__version__ < "2": tf.compat.v1.enable_v2_behavior()
rate = tf.Variable(0.5); v = tf.Variable([1.0]); opt = tf.keras.optimizers.SGD(learning_rate=rate)
opt.apply_gradients([(tf.constant([1.0]), v)]); rate.assign(0.25)
opt.apply_gradients([(tf.constant([1.0]), v)])
"""


@pytest.mark.parametrize("env", ["tf-1.13.1", "tf-1.14.0", "tf-1.15.0", "tf-2.0.0", "tf-2.1.0"])
def test_a_watched_program_is_unchanged_and_recorded(env, tmp_path):
    bare, _, _ = run(env, PROGRAM, tmp_path, watch=False)
    watched, events, _ = run(env, PROGRAM, tmp_path, watch=True)
    assert watched == bare
    assert not of_kind(events, "fault")
    phases = of_kind(events, "phase", phase="test", validation=False)
    assert [(p["steps"], p["complete"]) for p in phases] == [(3, True)] * 2
    validation = of_kind(events, "phase", validation=True)
    assert [p["epoch"] for p in validation] == [0, 1, 0, 1]


@pytest.mark.parametrize("env,held", [("tf-1.14.0", 0.5), ("tf-2.0.0", 0.25)])
def test_a_variable_learning_rate_is_told_beside_what_the_optimizer_holds(env, held, tmp_path):
    _, events, _ = run(env, RATE, tmp_path, watch=True)
    last = of_kind(events, "update")[-1]
    assert last["sources"]["learning_rate"]["kind"] == "variable"
    assert last["sources"]["learning_rate"]["value"] == 0.25
    assert last["hyper"]["learning_rate"] == held
