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

# One model for each pipeline; a later model's seeds depend on what was added to the graph.
PIPELINES = """
import numpy as np
import tensorflow as tf
np.random.seed(3); tf.compat.v1.set_random_seed(5)
L = tf.keras.layers
x = np.random.RandomState(4).rand(22, 3).astype("float32"); y = x.sum(1, keepdims=True)
rows = tf.data.Dataset.from_tensor_slices((x, y, np.linspace(0.5, 1, 22).astype("float32")))
def generated():
    for k in range(22):
        yield x[k], y[k]
PIPELINES = {
    "plain": rows.batch(8),
    "mapped": rows.map(lambda a, b, w: (2 * a, b)).cache().batch(8).prefetch(1),
    "ordered": rows.shuffle(9, seed=3, reshuffle_each_iteration=False).batch(8),
    "shuffled": rows.shuffle(9, seed=3).batch(8),
    "random": rows.map(lambda a, b, w: (a + tf.random.uniform([3]), b)).batch(8),
    "python": rows.map(lambda a, b, w: (tf.compat.v1.py_func(np.copy, [a], tf.float32), b)).map(
        lambda a, b: (tf.reshape(a, [3]), b)).batch(8),
    "generator": tf.data.Dataset.from_generator(generated, (tf.float32, tf.float32),
                                                ([3], [1])).batch(8)}
for name, data in sorted(PIPELINES.items()):
    model = tf.keras.Sequential([L.Dense(4, input_shape=(3,)), L.Dropout(0.3), L.Dense(1)],
                                name=name)
    model.compile("sgd", "mse", metrics=["mae"])
    print(name, model.evaluate(data, verbose=0, steps=3), tf.compat.v1.get_default_graph()._last_id)
    print(model.fit(x, y, epochs=2, batch_size=8, verbose=0, validation_data=data,
                    validation_steps=3).history)
"""

BATCHES = """
import random
import numpy as np
import tensorflow as tf
random.seed(1); np.random.seed(3)
(tf.compat.v1.set_random_seed if tf.__version__ < "2" else tf.random.set_seed)(5)
L = tf.keras.layers
x = np.random.rand(22, 3).astype("float32"); y = x.sum(1, keepdims=True).astype("float64")
class Rows(tf.keras.utils.Sequence):
    def __len__(self): return 3
    def __getitem__(self, k): return x[8 * k:8 * k + 8], y[8 * k:8 * k + 8]
def rows():
    for k in range(9):
        yield Rows()[k % 3]
model = tf.keras.Sequential([L.Dense(4, input_shape=(3,)), L.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
print(model.fit_generator(rows(), steps_per_epoch=3, epochs=2, verbose=0, validation_data=Rows(),
                          validation_steps=3).history["loss"])
print(model.fit(Rows(), epochs=2, verbose=0).history, model.evaluate_generator(Rows()))
print(model.evaluate(Rows(), verbose=0), model.evaluate(rows(), steps=3, verbose=0))
print(model.train_on_batch(x, y, sample_weight=np.linspace(0, 1, 22)), model.test_on_batch(x, y))
print(np.asarray(model.predict_on_batch(x)).tolist())
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


@pytest.mark.parametrize("env", ["tf-1.14.0", "tf-1.15.0"])
def test_batches_inside_the_graph_are_learned_where_the_pipeline_is_repeatable(env, tmp_path):
    bare, _, _ = run(env, PIPELINES, tmp_path, watch=False)
    watched, events, tensors = run(env, PIPELINES, tmp_path, watch=True)
    assert watched == bare  # numbers, and the count of operations in the graph
    assert not of_kind(events, "fault")
    names = {e["id"]: e["name"] for e in of_kind(events, "model")}
    phases = [(names[p["model"]], p["recorded"]) for p in of_kind(events, "phase", phase="test")]
    repeatable = {"plain", "mapped", "ordered"}
    assert sorted(phases) == sorted((name, 3 if name in repeatable else 0)
                                    for name in names.values() for _ in range(3))
    told = {e["detail"].split(": ")[0]: e["detail"].split(": ")[1] for e in
            of_kind(events, "uncovered", reason="dataset batches inside the graph")}
    assert {names[model]: why for model, why in told.items()} == {
        "shuffled": "shuffles anew", "random": "RandomUniform", "python": "PyFunc",
        "generator": "GeneratorDataset in a function"}
    plain = [s for s in of_kind(events, "step", phase="test") if names[s["model"]] == "plain"]
    assert [s["size"] for s in plain[:3]] == [8, 8, 6]
    weights = [w for s in plain[:3] for w in tensors[s["sample_weight"]["$tensor"]]]
    assert weights == pytest.approx([0.5 + k / 42 for k in range(22)])


@pytest.mark.parametrize("env", ["tf-1.13.1", "tf-1.14.0", "tf-2.0.0", "tf-2.1.0"])
def test_generators_and_single_batches_are_steps(env, tmp_path):
    bare, _, _ = run(env, BATCHES, tmp_path, watch=False)
    watched, events, tensors = run(env, BATCHES, tmp_path, watch=True)
    assert watched.split(b"\n")[-4:] == bare.split(b"\n")[-4:]  # progress bars show the time
    assert not of_kind(events, "fault")
    apis = {c["id"]: c["api"].split(".")[1] for c in of_kind(events, "call") if "Model." in c["api"]}
    phases = [(apis[p["call"]], p["phase"], p["recorded"]) for p in of_kind(events, "phase")]
    epoch = [("fit_generator", "test", 3), ("fit_generator", "train", 3)]
    assert phases == epoch * 2 + [("fit", "train", 3)] * 2 + [
        ("evaluate_generator", "test", 3), ("evaluate", "test", 3), ("evaluate", "test", 3),
        ("train_on_batch", "train", 1), ("test_on_batch", "test", 1),
        ("predict_on_batch", "predict", 1)]
    train, test, predict = of_kind(events, "step")[-3:]
    assert len(tensors[train["sample_weight"]["$tensor"]]) == 22
    told = [r["result"][0] for r in of_kind(events, "return") if r["id"] == test["call"]]
    assert tensors[test["logs"]["loss"]["$tensor"]] == pytest.approx(told)
    assert test["logs_are"] == "batch" and predict["predictions"] and predict["results"]
    assert len(tensors[test["y"]["$tensor"]]) == 22  # in the type of the output


CONTINUED = """
import numpy as np
import tensorflow as tf
np.random.seed(3); tf.compat.v1.set_random_seed(5)
x = np.random.rand(22, 3).astype("float32"); y = x.sum(1, keepdims=True)
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4).repeat()
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.compile("sgd", "mse")
print(model.fit(data, epochs=3, steps_per_epoch=3, verbose=0, validation_data=data,
                validation_steps=2).history["val_loss"])
"""


@pytest.mark.parametrize("env", ["tf-1.13.1", "tf-1.14.0"])
def test_validation_that_goes_on_where_it_was_is_left_there(env, tmp_path):
    bare, _, _ = run(env, CONTINUED, tmp_path, watch=False)
    assert run(env, CONTINUED, tmp_path, watch=True)[0].split(b"\n")[-2] == bare.split(b"\n")[-2]


def test_a_program_of_1_13_may_still_enter_eager_mode(tmp_path):
    program = ("import tensorflow as tf\ntf.compat.v1.enable_v2_behavior()\n"
               "print(tf.executing_eagerly())")
    assert run("tf-1.13.1", program, tmp_path, watch=True)[0].strip() == b"True"
