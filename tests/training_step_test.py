"""training-step: followed steps of real models agree; a damaged gradient or state is found."""

import pytest

from conftest import QUICK, ROOT

PROGRAM = ROOT / "tests" / "training_step_program.py"
ENVS = ["keras3", "tf-2.15.0", "tf-2.4.0"]
# The last does not run the step of this model again, and so tells no penalties. Only in the first do
# random numbers come from variables, so that a re-run can draw those of the step.
ENVS_OF = {"attentive": ENVS[:2], "encoder": ENVS[:2], "dropping": ENVS[:1]}
HEALTHY = [
    ("mlp", "sgd"),
    ("mlp", "adam"),
    ("regression", "momentum"),
    ("frozen", "rmsprop"),
    ("shared", "adam"),
    ("shared", "clipped"),
    ("cnn", "sgd"),
    ("cnn", "adam"),
    ("words", "sgd"),
    ("decoder", "momentum"),
    ("attentive", "sgd"),
    ("dropping", "adam"),
    ("residual", "momentum"),
    ("stacked", "sgd"),
    ("encoder", "sgd"),
]
FAULTS = [
    ("mlp", "sgd", "halved"),
    ("mlp", "adam", "halved"),
    ("mlp", "adam", "no-bias"),
    ("regression", "sgd", "no-weights"),
    ("mlp", "adam", "no-penalty"),
    ("frozen", "sgd", "frozen-moves"),
    ("cnn", "sgd", "halved"),
    ("cnn", "adam", "averages-stay"),
    ("words", "sgd", "halved"),
    ("attentive", "sgd", "no-bias"),
    ("dropping", "sgd", "no-bias"),
    ("residual", "sgd", "no-bias"),
    ("stacked", "sgd", "halved"),
    ("encoder", "adam", "halved"),
]


def on_releases(cases):
    """Every case on every release; in quick mode on one, the releases in turn."""
    for index, case in enumerate(cases):
        envs = ENVS_OF.get(case[0], ENVS)
        for env in [envs[index % len(envs)]] if QUICK else envs:
            yield pytest.param(env, *case, id="-".join((env,) + case))


def rule(run):
    return [f for f in run.report["findings"] if f["rule"] == "training-step"]


@pytest.mark.parametrize("env,model,optimizer", list(on_releases(HEALTHY)))
def test_a_followed_step_agrees(watched, env, model, optimizer):
    run = watched(env, PROGRAM, arguments=[model, optimizer])
    assert run.status == 0, run.told()
    skipped = [n for n in run.report["coverage"]["not_checked"] if n.get("rule") == "training-step"]
    assert not skipped, skipped


@pytest.mark.parametrize("env,model,optimizer,fault", list(on_releases(FAULTS)))
def test_a_damaged_step_is_found(watched, env, model, optimizer, fault):
    run = watched(env, PROGRAM, arguments=[model, optimizer, fault])
    assert run.status == 1, run.told()
    found = rule(run)
    assert found and found[0]["scenario"] == "wrong-calculation", run.told()
    if fault == "halved":
        assert "kernel" in " ".join(f["evidence"].get("variable", "") for f in found)
