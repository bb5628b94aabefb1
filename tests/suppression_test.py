"""A finding that is meant: told without the suppression file, counted under its reason with it."""
import json
import pathlib
import subprocess

from conftest import KERASAN, ROOT

FOLDER = ROOT / "tests" / "suppression"
RULE = "targets-match-predictions"


def test_a_broadcast_on_purpose_is_suppressed(watched, tmp_path):
    trace = tmp_path / "ensemble.trace"
    run = watched("keras3", FOLDER / "ensemble.py", options=["--record", str(trace)])
    assert run.status == 1 and [f["rule"] for f in run.report["findings"]] == [RULE], run.told()
    times = run.report["findings"][0]["occurrences"]
    assert times == 5  # its own loop; the loss of its own in `fit` may broadcast

    told = tmp_path / "told.json"
    again = subprocess.run([KERASAN, "check", trace, "--json", told, "--suppress",
                            FOLDER / "ensemble.supp"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, check=False)
    report = json.loads(pathlib.Path(told).read_text())
    assert again.returncode == 0 and report["findings"] == [], again.stdout
    assert [f["rule"] for f in report["suppressed"]] == [RULE]
    entry, = report["suppressions"]
    assert entry["hits"] == times
    assert entry["reason"] == "each member of the ensemble learns the same target"
    assert b"each member of the ensemble" in again.stdout
