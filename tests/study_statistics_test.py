"""Coefficients of agreement against statsmodels, scikit-learn, krippendorff and SciPy."""
import json
import pathlib
import subprocess

import pytest

from conftest import KERASAN, python_of

ORACLE = pathlib.Path(__file__).with_name("study_oracle.py")


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ratings")
    subprocess.run([python_of("study"), str(ORACLE), str(folder)], check=True, timeout=300)
    return folder, json.loads((folder / "expected.json").read_text())


def agreement(folder, name, wanted, samples=10):
    categories = ",".join(str(i) for i in range(wanted["categories"]))
    done = subprocess.run(
        [str(KERASAN), "study", "agreement", str(folder / (name + ".csv")), "--level", "interval",
         "--categories", categories, "--samples", str(samples), "--json"],
        stdout=subprocess.PIPE, check=True, timeout=60)
    stage = json.loads(done.stdout)[0]
    return stage, {one["name"]: one for one in stage["estimates"]}


def test_every_coefficient_equals_the_libraries(sets):
    folder, expected = sets
    assert len(expected) == 50
    compared = 0
    for name, wanted in expected.items():
        stage, found = agreement(folder, name, wanted)
        raters = stage["raters"]
        pairs = [(a, b) for i, a in enumerate(raters) for b in raters[i + 1:]]
        values = {"Krippendorff's alpha, " + level: alpha for level, alpha in wanted["alpha"].items()}
        if len(raters) > 2:
            values["Fleiss' kappa"] = wanted["fleiss"]
        for (a, b), kappas in zip(pairs, wanted["cohen"]):
            for kind, kappa in zip(("Cohen's", "linear-weighted", "quadratic-weighted"), kappas):
                word = "%s kappa, %s and %s" % (kind, a, b)
                values[word] = kappa
        for word, value in values.items():
            if value != value:  # the library has no value
                assert found[word]["value"] is None, (name, word)
            else:
                assert found[word]["value"] == pytest.approx(value, abs=1e-9), (name, word)
            compared += 1
    assert compared > 600


def test_intervals_are_those_of_a_percentile_bootstrap(sets):
    folder, expected = sets
    for name, wanted in expected.items():
        if "interval" not in wanted:
            continue
        _, found = agreement(folder, name, wanted, samples=4000)
        low, high = found["Cohen's kappa, r0 and r1"]["interval"]
        # Two independent samples of 2,000 and 4,000: their quantiles differ by a few hundredths.
        assert low == pytest.approx(wanted["interval"][0], abs=0.03)
        assert high == pytest.approx(wanted["interval"][1], abs=0.03)
