"""Healthy programs on healthy releases: a report with coverage and without a finding."""
import os
import time

import pytest

from conftest import QUICK, ROOT

PROGRAMS = sorted((ROOT / "tests" / "corpus" / "healthy").glob("*.py"))
ENVS = ["keras3", "tf-2.15.0", "tf-2.4.0"]
QUICK_SECONDS = 240
BEGAN = time.monotonic()


def pairs():
    """All of them; in quick mode each program on one release, another one each day."""
    day = int(os.environ.get("KERASAN_DAY", time.time() // 86400))
    for index, program in enumerate(PROGRAMS):
        envs = [ENVS[(index + day) % len(ENVS)]] if QUICK else ENVS
        for env in envs:
            yield pytest.param(program, env, id="%s-%s" % (program.stem, env))


def test_there_are_at_least_twenty_programs():
    assert len(PROGRAMS) >= 20


@pytest.mark.parametrize("program,env", list(pairs()))
def test_no_finding(watched, program, env):
    if QUICK and time.monotonic() - BEGAN > QUICK_SECONDS:
        pytest.skip("quick mode: out of time")
    run = watched(env, program)
    assert run.status == 0, run.told()
    assert run.report["findings"] == [], run.told()
    assert run.report["program"]["exit"] == 0
    assert run.report["coverage"]["checked"] > 0, run.told()
