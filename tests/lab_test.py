"""The lab: on a toy catalogue for what it keeps and how it ends, on real releases for a slice of it."""
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from conftest import ENVS, KERASAN, QUICK, ROOT

# Bugs of all seven scenarios that run quickly, on few releases.
SLICE = [1, 2, 5, 8, 9, 13, 18, 22, 25, 29, 30, 34, 37, 47, 50, 54]

PROGRAM = "import time\nprint('hello')\ntime.sleep(float(%r))\n"
WITNESS = "print('looking')\nprint('witness: %s')\n"


class Toy:
    """A checkout with a catalogue of bugs that need no framework: bug 1, 2, ..."""

    def __init__(self, folder, count=2):
        self.folder = folder
        (folder / "tools").mkdir()
        (folder / "docs").mkdir()
        lines = ["tf-1.0.0 3.11 nothing", "tf-2.0.0 3.11 nothing"]
        (folder / "tools/environments.txt").write_text("# table\n%s\n" % "\n".join(lines))
        for line in lines:
            place = folder / "envs" / line.split()[0]
            (place / "bin").mkdir(parents=True)
            (place / "bin/python").symlink_to(sys.executable)
            (place / ".ok").write_text(line + "\n")
        for number in range(1, count + 1):
            self.add(number)

    def add(self, number, witness="present", seconds=0):
        facts = json.loads(next((ROOT / "catalogue").glob("04-*/bug.json")).read_text(encoding="utf-8"))
        facts["id"] = number
        facts["run"].update(present="1.0.0", absent=None, python={"present": "3.11", "absent": None})
        place = self.folder / "catalogue" / ("%02d-toy" % number)
        place.mkdir(parents=True, exist_ok=True)
        (place / "bug.json").write_text(json.dumps(facts))
        (place / "program.py").write_text(PROGRAM % seconds)
        (place / "witness.py").write_text(WITNESS % witness)

    def command(self, *arguments):
        names = {"KERASAN_CATALOGUE": "catalogue", "KERASAN_ENVS": "envs", "KERASAN_LAB": "lab"}
        places = {name: str(self.folder / place) for name, place in names.items()}
        return [str(KERASAN), "bugs"] + list(arguments), dict(os.environ, **places)

    def run(self, *arguments):
        command, environment = self.command(*arguments)
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    def rows(self, *arguments):
        done = self.run("run", "--json", "-", *arguments)
        assert done.returncode == 0, done.stderr
        return {row["id"]: row for row in json.loads(done.stdout)["rows"]}

    def kept(self, suffix):
        return {path.name: path.stat().st_mtime_ns for path in (self.folder / "lab").glob("*" + suffix)}


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path)


def test_rows_tell_what_the_witness_said(toy):
    toy.add(2, witness="absent")
    rows = toy.rows()
    assert rows[1]["reproduced"] and rows[1]["witness"]["present"] == "present"
    assert not rows[2]["reproduced"]
    assert "could be checked" in rows[1]["trouble"] or "was checked" in rows[1]["trouble"]


def test_only_what_changed_is_run_again(toy):
    toy.rows()
    before = toy.kept(".json")
    assert before
    toy.add(2, witness="cannot tell")
    rows = toy.rows()
    assert rows[2]["witness"]["present"] == "cannot tell" and rows[1]["reproduced"]
    assert len(set(toy.kept(".json")) - set(before)) == 1, "one new answer, of the changed witness"


def test_a_stopped_run_goes_on(toy):
    for number in range(3, 7):
        toy.add(number, seconds=1)
    command, environment = toy.command("run", "--jobs", "1")
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    for line in running.stderr:
        if line.startswith("[3/6]"):
            break
    running.send_signal(signal.SIGINT)
    rest = running.communicate(timeout=60)[1]
    assert running.returncode == 2 and "goes on from here" in rest
    assert not list((toy.folder / "lab").glob("work-*")), "work folders are gone"
    assert sorted(toy.rows()) == [1, 2, 3, 4, 5, 6]


def test_a_program_that_fails_or_hangs_is_told(toy):
    place = toy.folder / "catalogue/01-toy"
    (place / "program.py").write_text("raise SystemExit(7)\n")
    (place / "witness.py").write_text("print('no answer')\n")
    row = toy.rows("1")[1]
    assert "gave no answer" in row["trouble"] and "exited with status 7" in row["trouble"]
    assert not row["reproduced"]


def test_a_missing_environment_is_told_and_the_others_go_on(toy):
    shutil.rmtree(str(toy.folder / "envs/tf-1.0.0"))
    (toy.folder / "dev").write_text("#!/bin/sh\necho 'no Python 3.11: install it' >&2\nexit 2\n")
    (toy.folder / "dev").chmod(0o755)
    place = toy.folder / "catalogue/02-toy/bug.json"
    place.write_text(place.read_text().replace('"1.0.0"', '"2.0.0"'))
    rows = toy.rows()
    assert "no Python 3.11: install it" in rows[1]["trouble"]
    assert rows[2]["witness"]["present"] == "present"


def test_the_page_is_stale_when_a_bug_changes(toy):
    assert toy.run("check").returncode == 1, "no scoreboard yet"
    assert toy.run("run", "--write").returncode == 0
    assert toy.run("check").returncode == 0
    assert toy.run("run", "--check").returncode == 0
    toy.add(2, witness="absent")
    stale = toy.run("check")
    assert stale.returncode == 1 and "bug 2 has changed" in stale.stderr
    assert toy.run("run", "--check").returncode == 1
    assert toy.run("run", "2", "--write").returncode == 0
    assert toy.run("check").returncode == 0
    page = toy.folder / "docs/catalogue.md"
    page.write_text(page.read_text().replace("missed", "flagged"))
    assert toy.run("check").returncode == 1


@pytest.mark.parametrize("arguments, words", [
    (["show", "5000"], "no bug has id 5000"),
    (["run", "5000"], "no bug has id 5000"),
    (["list", "--scenario", "wrong"], "known: wrong-calculation"),
    (["list", "--component", "motor"], "known: activations"),
])
def test_what_is_unknown_is_named(arguments, words):
    done = subprocess.run([str(KERASAN), "bugs"] + arguments, capture_output=True, text=True)
    assert done.returncode == 2 and words in done.stderr


def test_damaged_facts_are_named(toy):
    (toy.folder / "catalogue/01-toy/bug.json").write_text("{}")
    done = toy.run("list")
    assert done.returncode == 2 and "01-toy/bug.json" in done.stderr


def test_list_and_show():
    listed = subprocess.run([str(KERASAN), "bugs", "list", "--scenario", "wrong-structure"],
                            capture_output=True, text=True)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["47", "61", "79"]
    shown = subprocess.run([str(KERASAN), "bugs", "show", "4"], capture_output=True, text=True)
    assert "https://github.com/tensorflow/tensorflow/issues/42459" in shown.stdout


def test_the_committed_page_is_up_to_date():
    done = subprocess.run([str(KERASAN), "bugs", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(QUICK, reason="programs on real releases")
@pytest.mark.parametrize("number", SLICE)
def test_real_bugs_are_as_the_scoreboard_says(number):
    """What the lab has kept of the same programs, environments and probe is judged again, not run."""
    environment = dict(os.environ, KERASAN_ENVS=str(ENVS))
    done = subprocess.run([str(KERASAN), "bugs", "run", str(number), "--jobs", "1", "--check"],
                          env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
