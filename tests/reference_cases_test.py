"""Real layers, losses, metrics and optimizers agree with the reference over their parameters."""
import json
import os
import subprocess

import pytest

from conftest import KERASAN, ROOT, preloaded_python_of, quiet_environment

CASES = ROOT / "tests" / "reference" / "cases"
GROUPS = sorted(path.stem for path in CASES.glob("*.py") if path.stem != "__init__")
ENVIRONMENTS = ["keras3", "tf-2.15.0"]
NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
COUNT = 200 if NIGHTLY else 10


def run_script(env, script, arguments, timeout):
    command = [preloaded_python_of(env), str(ROOT / "tests" / "reference" / script)]
    return subprocess.run(command + arguments + ["--kerasan", str(KERASAN)],
                          env=quiet_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout)


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("group", GROUPS)
def test_real_classes_agree(env, group, tmp_path):
    report = tmp_path / "cases.json"
    done = run_script(env, "run_cases.py", [group, "--count", str(COUNT), "--json", str(report)],
                     3600 if NIGHTLY else 600)
    text = done.stdout.decode(errors="replace")
    print(text)
    assert done.returncode == 0, text[-6000:]
    assert all(told["cases"] == COUNT for told in json.loads(report.read_text())["classes"].values())
