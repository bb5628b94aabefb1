"""The study's numbers, stated here by themselves, come out of its raw data."""
import json
import os
import pathlib
import subprocess

import pytest

from conftest import KERASAN, ROOT

RAW = pathlib.Path(os.environ.get("KERASAN_STUDY") or ROOT.parent / "shared" / "study")


def run(*arguments):
    return subprocess.run([str(KERASAN), "study", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=120)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    assert RAW.is_dir(), "the study's raw data is neither at $KERASAN_STUDY nor at %s" % RAW
    out = tmp_path_factory.mktemp("report")
    done = run("report", RAW, "-o", out, "--published", ROOT / "docs" / "study-published.csv")
    assert done.returncode == 0, done.stderr
    return out, json.loads((out / "results.json").read_text())["tables"]


def column(tables, name, key=0, value=1):
    return {row[key]: row[value] for row in tables[name]["rows"]}


def test_screening(report):
    tables = report[1]
    assert column(tables, "votes") == {3: 57, 2: 38, 1: 41, 0: 1032}
    steps = column(tables, "screening")
    assert steps["screened"] == 1168
    assert (steps["discussed"], steps["kept after discussion"]) == (38, 26)
    assert (steps["included"], steps["labelled"], steps["removed while labelling"]) == (83, 83, 6)
    assert steps["in the final list"] == 77


def test_labels(report):
    tables = report[1]
    assert column(tables, "scenarios") == {
        "Wrong calculation": 23, "Wrong parameter setting": 16, "Wrong displayed message": 15,
        "Wrong save/reload": 10, "Wrong shape": 6, "Performance degradation": 4,
        "Wrong structure": 3}
    assert column(tables, "impacts") == {"1": 13, "2": 9, "3": 21, "4": 27, "unrated": 7}
    assert column(tables, "unrated-components") == {"TF": 7}
    assert column(tables, "components")["TF"] == 7  # so the unrated are exactly those of TF
    assert sum(column(tables, "components").values()) == 84
    assert len(column(tables, "components")) == 14
    assert sum(column(tables, "root-causes").values()) == 31
    crossed = tables["scenario-by-impact"]["rows"]
    assert sum(sum(row[1:]) for row in crossed) == 77


def test_agreement(report):
    rows = report[1]["agreement"]["rows"]
    values = {(row[0], row[1].split(",")[0]): row for row in rows if row[0] != "inclusion"}
    values.update({(row[0], row[1]): row for row in rows})
    assert round(values["inclusion", "Fleiss' kappa"][2], 3) == 0.701
    impact = values["impact", "Cohen's kappa"]
    assert round(impact[2], 3) == 0.565
    assert impact[5] - impact[6] == 49 and impact[5] == 70  # items without and with conflicts
    assert round(values["impact", "quadratic-weighted kappa"][2], 3) == 0.892
    assert round(values["root cause", "Cohen's kappa"][2], 3) == 0.910
    for row in rows:
        if row[2] != "" and row[3] != "":
            assert row[3] <= row[2] <= row[4], row


def test_survey(report):
    tables = report[1]
    assert column(tables, "survey-size")["participants"] == 103
    choices = {(row[0], row[1], row[2]): (row[3], row[4]) for row in tables["survey-choices"]["rows"]}

    def answered(start, answer):
        return [count for (question, _, given), (count, _) in choices.items()
                if question.startswith(start) and given == answer]
    assert answered("Is the term", "Yes") == [58]
    assert answered("Is this definition", "Yes") == [100]
    assert answered("Based on the previous", "More problematic") == [75]
    met = {topic: share for (question, topic, given), (_, share) in choices.items()
           if question.startswith("Have you ever been confronted") and given == "Yes"}
    assert len(met) == 7 and met["Performance Degradation"] == 55.3 == max(met.values())
    likert = {row[0]: row for row in tables["survey-likert"]["rows"]}
    severity = {name: row[7] for name, row in likert.items() if name.endswith(", Severity")}
    assert len(severity) == 7
    assert max(severity, key=severity.get) == "Wrong save/reload, Severity"
    assert round(max(severity.values()), 2) == 4.19
    scale = [row for name, row in likert.items() if name.startswith("How would you judge")]
    assert [row[8] for row in scale] == [78]


def test_published_numbers_are_equal_or_said_to_be_undetermined(report):
    verdicts = [row[3] for row in report[1]["published"]["rows"]]
    assert verdicts.count("equal") == 36
    undetermined = [one for one in verdicts if one.startswith("not determined by the data: ")]
    assert len(undetermined) == 4 and len(verdicts) == 40


def test_files_of_the_report(report):
    out, tables = report
    page = (out / "index.html").read_text()
    assert "<script" not in page and "src=" not in page
    for name in tables:
        assert (out / "tables" / (name + ".csv")).stat().st_size > 0
        assert 'id="%s"' % name in page
    assert len(list((out / "figures").glob("*.svg"))) >= 7
    assert (out / "results.xlsx").read_bytes()[:2] == b"PK"


def test_what_is_odd_in_the_data_is_told():
    assert RAW.is_dir(), "the study's raw data is neither at $KERASAN_STUDY nor at %s" % RAW
    done = run("check", RAW, "--json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)

    def of(kind):
        return [one for one in findings if one["kind"] == kind]
    assert [one["text"][-2:] for one in of("id-gap")] == ["23", "28", "35", "38", "44", "49"]
    assert [one["file"] for one in of("stray-file")] == ["Artifacts/Bugs_in_JSON/1"]
    assert len(of("missing-impact")) == 7 and len(of("missing-root-cause")) == 46
    assert len(of("removed-issue")) == 6 and len(of("gist-not-replicated")) == 15
    assert {(one["sheet"], one["row"], one["column"]) for one in of("duplicate-header")} >= {
        ("Issues Voting", 1, "H"), ("Comparison Category", 2, "S")}
    assert any("Type confusion" in one["text"] for one in of("label-variant"))
    votes = of("votes-not-independent")  # the others never voted for what reviewer 1 rejected
    assert [(one["sheet"], one["column"]) for one in votes] == [("Issues Voting", "D")]
    assert "any of the 1032 issues rejected here" in votes[0]["text"]
    assert of("conflict-differs")[0]["row"] == 81
    assert any(one["text"].startswith('"2.0.0rc0"') for one in of("pre-release-only"))


def test_a_project_gives_the_same_numbers(report, tmp_path):
    project = tmp_path / "study.db"
    assert run("init", project, "--reviewers", "ana,ben,eva", "--as", "ana").returncode == 0
    done = run("import", project, RAW, "--as", "ana")
    assert done.returncode == 0 and "1168 items added" in done.stdout
    assert run("report", project, "-o", tmp_path / "out").returncode == 0
    tables = json.loads((tmp_path / "out" / "results.json").read_text())["tables"]
    for name in ("votes", "screening", "scenarios", "components", "impacts", "root-causes",
                 "survey-likert"):
        assert tables[name]["rows"] == report[1][name]["rows"], name
