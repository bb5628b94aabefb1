"""Runs faults of the table and says of each whether it was flagged under its scenario."""
import collections
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from conftest import KERASAN, run_bare, run_watched  # noqa: E402

INJECT = HERE / "inject"
PROGRAMS = HERE / "programs"

# outcome: "flagged", "other scenario", "missed"; or no fault of the engine's: "not reached" (the
# patched code did not run), "loud" (the program failed or did not end)
Result = collections.namedtuple("Result", "fault release outcome rules reasons")


def table():
    """{name: Fault}, read without a framework."""
    if "mutation.table" not in sys.modules:
        names = {}
        code = (HERE / "table.py").read_text()
        module = type(sys)("mutation.table")
        sys.modules["mutation.table"] = module
        exec(compile(code, str(HERE / "table.py"), "exec"), vars(module))
        for path in sorted((HERE / "faults").glob("*.py")):
            exec(compile(path.read_text(), str(path), "exec"), names.setdefault(path.stem, {}))
    return sys.modules["mutation.table"].FAULTS


class Release:
    """Healthy runs of one release, kept, and faults put into them."""

    def __init__(self, env, folder):
        self.env, self.folder = env, pathlib.Path(folder) / env
        self.folder.mkdir(parents=True)
        self.healthy = {}
        self.serial = 0

    def fresh(self):
        self.serial += 1
        place = self.folder / str(self.serial)
        place.mkdir()
        return place

    def judge(self, fault):
        """The Result of a fault in this release."""
        of_kind = {"patch": self.patched, "file": self.edited, "text": self.rewritten}
        try:
            return of_kind[fault.kind](fault)
        except subprocess.TimeoutExpired as late:
            return Result(fault, self.env, "loud", [], ["not done in %d s" % late.timeout])

    # -- patches of the framework
    def baseline(self, program):
        """What is reported of a healthy program; its folder and its trace are kept."""
        if program not in self.healthy:
            place = self.fresh()
            done = run_watched(self.env, PROGRAMS / (program + ".py"), place,
                               options=["--record", str(place / "trace")])
            if done.report is None or done.report["program"]["exit"] != 0:
                raise RuntimeError("%s on %s: %s" % (program, self.env, done.told()))
            self.healthy[program] = (place, done.report)
        return self.healthy[program]

    def patched(self, fault):
        _, healthy = self.baseline(fault.program)
        place = self.fresh()
        told = place / "reached"
        done = run_watched(self.env, PROGRAMS / (fault.program + ".py"), place,
                           extra={"PYTHONPATH": str(INJECT), "KERASAN_MUTATION": fault.name,
                                  "KERASAN_MUTATION_TOLD": str(told)})
        reached = told.exists() and told.read_text() != "0"
        if done.report is None or done.report["program"]["exit"] != 0:
            return Result(fault, self.env, "loud", [], [done.output[-600:]])
        outcome = verdict(fault, self.env, done.report, healthy)
        if not reached and outcome.outcome != "flagged":
            outcome = outcome._replace(outcome="not reached")
        shutil.rmtree(str(place), ignore_errors=True)
        return outcome

    # -- edits of a file
    def edited(self, fault):
        source = self.baseline("files")[0] / fault.program
        if not source.exists():
            return Result(fault, self.env, "not reached", [], ["no file " + fault.program])
        place = self.fresh()
        target = place / fault.program
        (shutil.copytree if source.is_dir() else shutil.copy)(str(source), str(target))
        status, output = run_bare(self.env, HERE / "edit.py", place,
                                  arguments=[fault.name, str(target)])
        if status != 0:
            return Result(fault, self.env, "not reached", [], [output[-600:]])
        key = "file " + fault.program
        if key not in self.healthy:
            self.healthy[key] = check(source, place)
        report = check(target, place)
        if isinstance(report, str) or isinstance(self.healthy[key], str):
            refused = fault.scenario == "refused" and isinstance(report, str)
            return Result(fault, self.env, "flagged" if refused else "missed", ["refused"],
                          [str(report)[-300:]])
        return verdict(fault, self.env, report, self.healthy[key])

    # -- edits of what was written
    def rewritten(self, fault):
        place, healthy = self.baseline(fault.program)
        text = place / "trace.txt"
        if not text.exists():
            subprocess.run([str(KERASAN), "trace", "to-text", str(place / "trace"), str(text)],
                           check=True)
        lines = text.read_text().split("\n")
        events = {i: json.loads(line) for i, line in enumerate(lines) if '"kind":"text"' in line}
        before = json.dumps(events)
        fault.put([e["event"] for e in events.values() if e["event"]["origin"] == "framework"])
        if json.dumps(events) == before:
            return Result(fault, self.env, "not reached", [], ["no such text"])
        for i, event in events.items():
            lines[i] = json.dumps(event, separators=(",", ":"))
        fresh = self.fresh()
        (fresh / "edited.txt").write_text("\n".join(lines))
        subprocess.run([str(KERASAN), "trace", "from-text", "edited.txt", "trace"], cwd=str(fresh),
                       check=True)
        return verdict(fault, self.env, check(fresh / "trace", fresh), healthy)


def check(path, folder):
    """The report of `kerasan check`; its words where it refuses the input."""
    target = folder / "checked.json"
    done = subprocess.run([str(KERASAN), "check", "--json", str(target), str(path)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    if done.returncode not in (0, 1):
        return done.stderr.decode(errors="replace")
    return json.loads(target.read_text())


def verdict(fault, env, report, healthy):
    known = {(f["rule"], f["message"]) for f in healthy["findings"]}
    new = [f for f in report["findings"] if (f["rule"], f["message"]) not in known]
    rules = sorted({f["rule"] for f in new if f["scenario"] == fault.scenario})
    others = sorted({f["rule"] + " (" + f["scenario"] + ")" for f in new
                     if f["scenario"] != fault.scenario})
    if rules:
        return Result(fault, env, "flagged", rules + others, [])
    reasons = ["%s [%s]" % (gap["reason"], gap["rule"]) for gap in report["coverage"]["not_checked"]]
    return Result(fault, env, "other scenario" if others else "missed", others, reasons)


