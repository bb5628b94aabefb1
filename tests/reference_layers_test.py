"""The reference agrees with real layers on random inputs, and notices each put-in defect."""
import json
import os
import subprocess

import pytest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
KERASAN = os.environ.get("KERASAN_BINARY", os.path.join(ROOT, "build", "kerasan"))
ENVIRONMENTS = os.environ.get("KERASAN_ENVS") or os.path.expanduser("~/.cache/kerasan/envs")


def judge(environment, mutation, seed, tmp_path):
    """Numbers of applications written, of findings, and the coverage."""
    python = os.path.join(ENVIRONMENTS, environment, "bin", "python")
    trace, report = str(tmp_path / "trace"), str(tmp_path / "report.json")
    script = os.path.join(ROOT, "tests", "layer_trace.py")
    out = subprocess.run([python, script, trace, mutation, str(seed)], stdout=subprocess.PIPE,
                         check=True, timeout=300)
    subprocess.run([KERASAN, "check", "--json", report, trace], stdout=subprocess.DEVNULL,
                   timeout=120)
    with open(report) as stream:
        data = json.load(stream)
    assert {finding["rule"] for finding in data["findings"]} <= {"layer-output"}
    return len(out.stdout.split()), len(data["findings"]), data["coverage"]


@pytest.mark.parametrize("environment", ["keras3", "tf-2.15.0"])
@pytest.mark.parametrize("seed", [1, 2])
def test_real_layers_agree(environment, seed, tmp_path):
    written, findings, coverage = judge(environment, "none", seed, tmp_path)
    assert written >= 55 and findings == 0
    assert coverage["rules"]["layer-output"]["agreed"] == written, coverage["not_checked"]


@pytest.mark.parametrize("mutation", ["element", "bias", "gates"])
def test_a_defect_is_found(mutation, tmp_path):
    written, findings, _ = judge("keras3", mutation, 3, tmp_path)
    assert written >= 1 and findings == written
