"""The study's table of bugs, read and normalised; what a field says is kept beside it as it was."""
import csv
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
RAW_COLUMNS = {
    "scenario": "Final Scenario",
    "component_1": "Final Component 1",
    "component_2": "Final Component 2",
    "impact": "Impact",
    "root_cause": "Root Cause",
    "buggy_version": "Buggy Version",
    "fixed_version": "Fixed Version",
    "fixing_commit": "Fixing commit",
}
VERSION = re.compile(
    r"(\d+[.,]\d+(?:\.\d+)?)(?:[-\s]?(alpha|beta|rc|[ab](?=\d))(\d*)|[-.]dev(\d{8}))?")
GIT_DESCRIBE = re.compile(r"(\d+\.\d+\.\d+(?:-\w+)?)-\d+-g[0-9a-f]{7,}")
SHORT = {"alpha": "a", "beta": "b", "rc": "rc", "a": "a", "b": "b"}


def raw_package():
    """The folder of the replication package, or None where it is not at hand."""
    named = os.environ.get("KERASAN_STUDY")
    beside = [folder / "shared/study" for folder in list(ROOT.parents)[:2]]
    places = [pathlib.Path(named)] if named else beside
    return next((place for place in places if (place / "Artifacts/data.csv").is_file()), None)


def rows(package):
    """The rows of the table, each as the eight raw fields with its id and issue number."""
    path = package / "Artifacts/data.csv"
    with open(str(path), encoding="utf-8-sig", newline="") as table:
        for row in csv.DictReader(table, delimiter=";"):
            yield {
                "id": int(row["Issue number"]),
                "issue": int(row["url"].rsplit("/", 1)[1]),
                "raw": {key: row[column] for key, column in RAW_COLUMNS.items()},
            }


def term(text):
    """"Wrong save/reload" and "Type confusion" as names; None where the study leaves it empty."""
    text = text.strip()
    return None if text in ("", "None") else re.sub(r"[^a-z0-9]+", "-", text.lower())


def spelled(match):
    number, stage, count, day = match.groups()
    number = number.replace(",", ".")
    number += ".0" if number.count(".") == 1 else ""
    if stage:
        return number + SHORT[stage] + (count or "0")
    return number + (".dev" + day if day else "")


def versions(text):
    """The versions that a field names, spelled as package indexes do; of a nightly only the word."""
    text = re.sub(r"https?://\S+", " ", text)
    # A build of a later commit is named by the tag before it: the version beside it is meant.
    named = VERSION.finditer(GIT_DESCRIBE.sub(" ", text))
    found = [spelled(match) for match in named] or [
        spelled(match) for match in VERSION.finditer(GIT_DESCRIBE.sub(r"\1", text))]
    if not found and re.search(r"\bni(gh|gt)", text, re.I):
        found = ["nightly"]
    return list(dict.fromkeys(found))


def commits(text):
    return re.findall(r"\b[0-9a-f]{40}\b", text)


def normalised(row):
    """What a folder of the catalogue must say of a row."""
    raw = row["raw"]
    named = [term(raw["component_1"]), term(raw["component_2"])]
    return {
        "id": row["id"],
        "tensorflow_issue": row["issue"],
        "scenario": term(raw["scenario"]),
        "components": [name for name in named if name],
        "impact": int(raw["impact"]) if term(raw["impact"]) else None,
        "root_cause": term(raw["root_cause"]),
        "versions_named": {side: versions(raw[side + "_version"]) for side in ("buggy", "fixed")},
        "fixing_commits": commits(raw["fixing_commit"]),
        "raw": raw,
    }
