"""Values that a program computes itself, outside every call of a model: what is recorded of them."""
import pytest
from probe_k2_test import of_kind, run

ACTIVATIONS = """
import numpy as np
import tensorflow as tf
if tf.__version__ < "2": tf.compat.v1.enable_v2_behavior()
A = tf.keras.activations
x = np.array([0.25, -1.5, 3.0], "float32")
print(A.relu(x, alpha=0.5).numpy(), A.softplus(tf.constant(x)).numpy())
for _ in range(5):
    A.elu(x)
A.tanh(0.5)  # has no type
tf.function(lambda t: A.sigmoid(t))(tf.constant(x))
layer = tf.keras.layers.Dense(2, activation=A.tanh)
print(layer.activation is A.tanh, A.get("tanh") is A.tanh, A.serialize(A.tanh), A.tanh.__module__)
"""


@pytest.mark.parametrize("env", ["tf-1.15.0", "tf-2.2.0", "tf-2.15.0"])
def test_activations_are_recorded_by_value(env, tmp_path):
    bare, _, _ = run(env, ACTIVATIONS, tmp_path, watch=False)
    watched, events, tensors = run(env, ACTIVATIONS, tmp_path, watch=True)
    assert watched == bare
    assert not of_kind(events, "fault")
    told = of_kind(events, "activation_value")
    assert [event["function"] for event in told] == [
        "activations.relu", "activations.softplus", "activations.elu", "activations.elu"]
    relu = told[0]
    assert relu["arguments"]["alpha"] == 0.5 and relu["arguments"]["max_value"] is None
    assert list(tensors[relu["x"]["$tensor"]]) == [0.25, -1.5, 3.0]
    assert list(tensors[relu["result"]["$tensor"]]) == [0.25, -0.75, 3.0]
    assert relu["where"]["line"] == 7

FUNCTIONS = """
import numpy as np
import tensorflow as tf
if tf.__version__ < "2": tf.compat.v1.enable_v2_behavior()
v = tf.Variable([2.0, 3.0])
@tf.function
def scaled(x):
    return {"y": x * v, "n": tf.size(x)}
@tf.function
def stepped(x):
    v.assign_add(x)
    return v + x
x = tf.constant([1.0, -4.0])
for _ in range(4):
    print([value.numpy() for _, value in sorted(scaled(x).items())])
print(stepped(x).numpy(), v.numpy())
with tf.GradientTape() as tape:
    tape.watch(x)
    y = scaled(x)["y"]
print(tape.gradient(y, x).numpy())
print(tf.function(tf.random.uniform)([2]).shape, int(scaled.get_concrete_function(x)(x)["n"]))
layer = tf.keras.layers.Dense(2)
print(layer(tf.ones((1, 3))).shape)
"""


@pytest.mark.parametrize("env", ["tf-1.15.0", "tf-2.3.0", "tf-2.15.0", "keras3"])
def test_runs_of_compiled_functions_are_recorded(env, tmp_path):
    bare, _, _ = run(env, FUNCTIONS, tmp_path, watch=False)
    watched, events, tensors = run(env, FUNCTIONS, tmp_path, watch=True)
    assert watched == bare
    assert not of_kind(events, "fault")
    told = of_kind(events, "graph_value")
    first = [event for event in told if event["graph"] is not None and event["where"]["line"] == 15]
    assert len(first) == 2 and first[0]["how"] == "function"  # the first two runs of a graph
    fed = sorted(tuple(tensors[value["$tensor"]]) for value in first[0]["fed"].values())
    assert fed == [(1.0, -4.0), (2.0, 3.0)]
    assert (2.0, -12.0) in [tuple(tensors[value["$tensor"]] or ())
                            for value in first[0]["fetched"].values()]
    left = [event["left_out"] for event in told if event["graph"] is None]
    assert any("Assign" in reason for reason in left), left
    assert "RandomUniform" in left or "StatefulPartitionedCall" in left, left


SESSIONS = """
import numpy as np
import tensorflow as tf
tf.compat.v1.disable_eager_execution()
v1 = tf.compat.v1
x = v1.placeholder(tf.float32, [None, 2], name="x")
plain = v1.get_variable("plain", initializer=[1.0, 2.0], use_resource=False)
held = v1.get_variable("held", initializer=[3.0, 4.0], use_resource=True)
product = x * plain; y = tf.add(product, held, name="y")
draw = tf.random.uniform([2])
step = v1.assign(plain, plain + 1.0)
with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for _ in range(3):
        print(session.run({"y": y, "x": x}, {x: [[1, 1]]}))
    print(session.run("y:0", {"x:0": np.ones((1, 2))}), session.run([y], {product: [[0, 1]]}))
    print(session.run(draw).shape, session.run([step, y], {x: [[1, 1]]})[0])
    print(session.run(v1.assign(held, [0.0, 0.0])), session.run(y, {x: [[2, 2]]}))
    try:
        session.run(y)
    except tf.errors.InvalidArgumentError:
        print("not fed")
print(v1.get_default_graph()._last_id if hasattr(v1.get_default_graph(), "_last_id") else "")
"""


@pytest.mark.parametrize("env", ["tf-1.13.1", "tf-1.15.0", "tf-2.3.0"])
def test_fetches_of_a_session_are_recorded(env, tmp_path):
    bare, _, _ = run(env, SESSIONS, tmp_path, watch=False)
    watched, events, tensors = run(env, SESSIONS, tmp_path, watch=True)
    assert watched == bare
    assert not of_kind(events, "fault")
    told = [event for event in of_kind(events, "graph_value") if event["graph"] is not None]
    assert all(event["how"] == "session" for event in told)
    first = [event for event in told if event["where"]["line"] == 15]
    assert len(first) == 2
    fed = {name: tensors[value["$tensor"]] for name, value in first[0]["fed"].items()}
    assert fed.pop("x:0") == [1.0, 1.0]
    assert sorted(fed.values()) == [[1.0, 2.0], [3.0, 4.0]]
    fetched = {name: tensors[value["$tensor"]] for name, value in first[0]["fetched"].items()}
    assert fetched == {"x:0": [1.0, 1.0], "y:0": [4.0, 6.0]}
    left = [event["left_out"] for event in of_kind(events, "graph_value")
            if event["graph"] is None]
    assert "RandomUniform" in left and "Assign" in left, left
