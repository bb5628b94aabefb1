"""The healthy programs on the older releases of the catalogue: no finding but known defects.

Releases that have silent bugs show them in ordinary programs too. What is expected is written down
by rule and release, with the place that shows the defect without Kerasan; anything else is a false
alarm.
"""
import json
import os
import time

import pytest

from conftest import ROOT, run_bare

CORPUS = ROOT / "tests" / "corpus"
PROGRAMS = sorted((CORPUS / "healthy").glob("*.py"))
KNOWN = json.loads((CORPUS / "known_defects.json").read_text())
RELEASES = sorted({release for defect in KNOWN for release in defect["releases"]}
                  | {"2.21.0"})
# There the loop over a dataset in a compiled function has no end, watched or not.
UNFIT = {("custom_loop_function", "1.14.0")}
NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
SECONDS = 150  # by day
BEGAN = time.monotonic()


def pairs():
    """All of them at night; by day some programs on each release, other ones each day."""
    day = int(os.environ.get("KERASAN_DAY", time.time() // 86400))
    for place, release in enumerate(RELEASES):
        chosen = PROGRAMS if NIGHTLY else [
            PROGRAMS[(day * len(RELEASES) + place + k * 17) % len(PROGRAMS)] for k in range(2)]
        for program in chosen:
            if (program.stem, release) in UNFIT:
                continue
            yield pytest.param(program, release, id="%s-%s" % (program.stem, release))


def explained(finding, release):
    return any(defect["rule"] == finding["rule"] and release in defect["releases"]
               and (not defect["api"] or defect["api"] == finding["where"].get("api"))
               for defect in KNOWN)


def test_each_known_defect_has_a_place():
    for defect in KNOWN:
        if defect["shown"].startswith("catalogue/"):
            facts = json.loads((ROOT / defect["shown"] / "bug.json").read_text())
            assert set(facts["versions"]["verified"]["present_on"]) & set(defect["releases"])
        else:
            page = (ROOT / defect["shown"]).read_text()
            assert defect["rule"] in page, defect


@pytest.mark.parametrize("program,release", list(pairs()))
def test_no_other_finding(watched, tmp_path, program, release):
    if not NIGHTLY and time.monotonic() - BEGAN > SECONDS:
        pytest.skip("out of time: the nights run all")
    env = "tf-" + release
    run = watched(env, program)
    if run.report is None or run.report["program"]["exit"] != 0:
        status, output = run_bare(env, program, tmp_path)
        assert status != 0, "only fails when watched\n" + run.told()
        assert "Error" in output, output[-2000:]  # asks for what this release does not have
    others = [f for f in run.report["findings"] if not explained(f, release)]
    assert others == [], run.told()
