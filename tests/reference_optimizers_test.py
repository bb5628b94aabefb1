"""The reference of optimizers agrees with real ones, and notices an update that was altered."""
import re

import pytest

from conftest import ROOT, run_watched

PROGRAM = ROOT / "tests" / "optimizer_program.py"
COUNT = 44  # four of each in the program, eight of SGD, Adam and RMSprop


def watch(env, arguments, tmp_path):
    """The rule's numbers, the number of variables updated, and the run."""
    (tmp_path / "train.py").write_text(
        "import sys, runpy\nsys.argv[1:] = %r\nrunpy.run_path(%r, run_name='__main__')\n"
        % (arguments, str(PROGRAM)))
    run = run_watched(env, "train.py", tmp_path)
    assert run.report is not None and run.report["program"]["exit"] == 0, run.told()
    updated = int(re.search(r"updated (\d+)", run.output).group(1))
    return run.report["coverage"]["rules"]["optimizer-update"], updated, run


RELEASES = [("keras3", 1), ("tf-2.15.0", 2), ("tf-2.4.0", 3), ("tf-2.0.0", 4)]


@pytest.mark.parametrize("env,seed", RELEASES)
def test_every_step_of_every_optimizer_agrees(env, seed, tmp_path):
    rule, updated, run = watch(env, [str(seed), str(COUNT)], tmp_path)
    assert run.report["findings"] == [], run.told()
    assert updated == COUNT * 6
    assert rule["agreed"] + rule["not_checked"] == updated, run.told()
    assert rule["not_checked"] <= updated // 50, run.report["coverage"]["not_checked"]


@pytest.mark.parametrize("env", ["keras3", "tf-2.4.0"])
def test_an_altered_update_is_found(env, tmp_path):
    rule, updated, run = watch(env, ["5", "11", "break"], tmp_path)
    found = {f["message"].split()[0] for f in run.report["findings"] if f["rule"] == "optimizer-update"}
    assert {"SGD", "Adam", "RMSprop"} <= found, run.told()
    assert run.status == 1


@pytest.mark.parametrize("env", ["keras3", "tf-2.15.0", "tf-2.4.0"])
def test_uncommon_steps_give_no_finding(env, tmp_path):
    run = run_watched(env, ROOT / "tests" / "optimizer_cases.py", tmp_path)
    assert run.status == 0 and run.report["findings"] == [], run.told()
    assert int(re.search(r"done (\d+)", run.output).group(1)) >= 14, run.output
    assert run.report["coverage"]["rules"]["optimizer-update"]["agreed"] >= 40, run.told()
