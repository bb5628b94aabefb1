"""The catalogue's facts: against the schema and, where it is at hand, against the study's table."""
import collections
import json
import pathlib
import re
import sys

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import study_facts  # noqa: E402

FOLDERS = sorted(path.parent for path in (ROOT / "catalogue").glob("*/bug.json"))
SCENARIOS = {
    "wrong-calculation": 23, "wrong-parameter-setting": 16, "wrong-displayed-message": 15,
    "wrong-save-reload": 10, "wrong-shape": 6, "performance-degradation": 4, "wrong-structure": 3,
}


def facts_of(folder):
    return json.loads((folder / "bug.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def facts():
    return {bug["id"]: bug for bug in map(facts_of, FOLDERS)}


def test_every_bug_keeps_the_schema():
    schema = json.loads((ROOT / "catalogue/schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = ["%s: %s: %s" % (folder.name, error.json_path, error.message)
              for folder in FOLDERS for error in validator.iter_errors(facts_of(folder))]
    assert not faults, "\n".join(faults)


def test_folders_are_named_by_id(facts):
    assert len(facts) == len(FOLDERS) == 77
    for folder in FOLDERS:
        assert re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", folder.name), folder.name
        assert folder.name.startswith("%02d-" % facts_of(folder)["id"])


def test_counts_are_those_of_the_study(facts):
    assert collections.Counter(bug["scenario"] for bug in facts.values()) == SCENARIOS
    impacts = collections.Counter(bug["impact"] for bug in facts.values())
    assert impacts == {4: 27, 3: 21, 1: 13, 2: 9, None: 7}


def test_runs_use_verified_releases(facts):
    """A reproduced bug is shown on releases where it was seen and was seen to be absent."""
    for bug in facts.values():
        run, verified = bug["run"], bug["versions"]["verified"]
        assert not set(verified["present_on"]) & set(verified["absent_on"]), bug["id"]
        if bug["status"]["state"] != "reproduced":
            continue
        assert run["present"] in verified["present_on"], bug["id"]
        healthy = [run["absent"]] if run["absent"] else []  # none where every release has it
        assert bool(healthy) == bool(verified["absent_on"]), bug["id"]
        assert set(healthy) <= set(verified["absent_on"]), bug["id"]


def test_releases_of_runs_are_in_the_table_of_environments(facts):
    table = [line.split() for line in (ROOT / "tools/environments.txt").read_text().splitlines()]
    known = {(row[0], row[1]) for row in table if row and not row[0].startswith("#")}
    for bug in facts.values():
        for side in ("present", "absent"):
            release, python = bug["run"][side], bug["run"]["python"][side]
            assert (release is None) == (python is None), bug["id"]
            assert release is None or ("tf-" + release, python) in known, (bug["id"], release, python)


@pytest.mark.parametrize("text, expected", [
    ("v2.3.0-54-gfcc4b966f1 2.3.1", ["2.3.1"]),
    ("v2.0.0-beta0-16-g1d91213fe7", ["2.0.0b0"]),
    ("2.0.0 alpha", ["2.0.0a0"]),
    ("2,2", ["2.2.0"]),
    ("2.0.0-rc0 and 2.0.0.dev20190902", ["2.0.0rc0", "2.0.0.dev20190902"]),
    ("TF Nigthly r2.2", ["2.2.0"]),
    ("Fix is not accessible. Tf -nightly seems to fix it. https://host/untitled2.3", ["nightly"]),
    ("https://host/1.2.3", []),
])
def test_versions_are_spelled_in_one_way(text, expected):
    assert study_facts.versions(text) == expected


@pytest.fixture(scope="module")
def package():
    return study_facts.raw_package() or pytest.skip(
        "the replication package is not at hand: KERASAN_STUDY names its folder")


def test_facts_are_those_of_the_table(facts, package):
    seen = set()
    for row in study_facts.rows(package):
        said = study_facts.normalised(row)
        bug = facts[row["id"]]
        seen.add(row["id"])
        named = bug["versions"]["named"]
        ours = {key: named if key == "versions_named" else bug[key] for key in said}
        assert ours == said, row["id"]
    assert seen == set(facts)


def test_issues_are_those_of_the_reports(facts, package):
    for number, bug in facts.items():
        path = package / "Artifacts/Bugs_in_JSON" / ("issue_%d.json" % number)
        report = json.loads(path.read_text(encoding="utf-8"))
        assert report["number"] == bug["tensorflow_issue"], number
        assert report["title"] != bug["title"], "the title is to be in our own words"
