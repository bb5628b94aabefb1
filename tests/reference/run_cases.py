"""Draws cases of the classes of a group, applies the real ones, has the engine judge each.

    python run_cases.py GROUP... --count N [--class NAME] [--kerasan PATH] [--seed S] [--json FILE]

Run by the interpreter whose Keras is under test. Exit status 1 if a case disagrees or fails, or a
class has no case that was checked.
"""
import argparse
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
import zlib

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)
sys.path[0] = TESTS
sys.path.insert(1, os.path.join(ROOT, "probe"))

import numpy as np  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.errors import UnsatisfiedAssumption  # noqa: E402
from kerasan_probe.recorder import Recorder  # noqa: E402

from reference import framework  # noqa: E402
from reference.draw import CONFIGURED, REGISTRY, Draw  # noqa: E402

# A comparison that ends so was a disagreement about something other than a number.
AS_GOOD_AS_WRONG = ("shape differs", "number of outputs differs", "unreadable event",
                    "event that cannot be used")


DERIVED = "gradient-value"  # the rule of derivatives


class Disagreement(AssertionError):
    pass


class Tally:
    """What became of the cases of one class, up to the first disagreement."""

    def __init__(self):
        self.cases = self.agreed = 0
        self.reasons = {}
        self.derivatives, self.underived = 0, {}  # cases whose derivative agreed; why others did not
        self.failure = None
        self.rejected = 0

    def as_json(self):
        return {"cases": self.cases, "agreed": self.agreed, "not_checked": self.reasons,
                "derivatives": self.derivatives, "without_derivative": self.underived,
                "failure": self.failure}

    def passed(self):
        return self.failure is None and self.agreed > 0 and not self.none_derived()

    def none_derived(self):
        """The engine has the derivative of the class, and could check none."""
        known = [reason for reason in self.underived if not reason.startswith("no derivative for")]
        return self.derivatives == 0 and len(known) > 0 and len(known) == len(self.underived)

    def note(self, agreed, reasons, derived, underived):
        self.cases += 1
        self.agreed += agreed > 0
        self.derivatives += derived > 0
        for counts, found in ((self.reasons, reasons or ([] if agreed else ["nothing was looked at"])),
                              (self.underived, underived)):
            for reason in found:
                counts[reason] = counts.get(reason, 0) + 1

    def line(self, name):
        text = "%-32s %4d cases, %4d agreed" % (name, self.cases, self.agreed)
        if self.reasons:
            text += ", not checked: " + "; ".join(
                "%d %s" % (n, reason) for reason, n in sorted(self.reasons.items()))
        if self.derivatives or self.underived:
            text += "; %d derivatives" % self.derivatives + "".join(
                ", not %d %s" % (n, reason) for reason, n in sorted(self.underived.items()))
        if self.failure:
            text += "\n    FAILED: " + self.failure.replace("\n", "\n      ")
        elif self.agreed == 0:
            text += "\n    FAILED: no case was checked"
        elif self.none_derived():
            text += "\n    FAILED: no derivative was checked"
        return text


class Engine:
    """`kerasan each`: an engine started once for all cases, and anew where it has gone."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.process = binary, folder, None
        self.said = tempfile.TemporaryFile(buffering=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.communicate()

    def carry_out(self, *arguments):
        """(the exit status, or "" of an engine that has gone; what it said)."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen([self.binary, "each"], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=self.said,
                                            env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
        self.said.seek(0)
        self.said.truncate()
        self.process.stdin.write(json.dumps(arguments).encode() + b"\n")
        self.process.stdin.flush()
        status = self.process.stdout.readline().decode().strip()
        self.said.seek(0)
        return status, self.said.read().decode(errors="replace")

    def judge(self, case, number, make_recorder=Recorder):
        """The report of `kerasan check` on a trace of this case alone; None where the recorder was
        to put in a fault and could not."""
        trace, report = (os.path.join(self.folder, name) for name in ("trace", "report.json"))
        for path in (trace, report):
            if os.path.exists(path):
                os.remove(path)
        recorder = make_recorder()
        recorder.start(trace)
        recorder.emit("framework", **framework.framework_event())
        framework.seed(number ^ digest(case))
        wrong = case.record(recorder, np.random.RandomState(number)) or config_changed(case, recorder)
        recorder.finish()
        if not getattr(recorder, "changed", True):
            return None
        if wrong:
            raise Disagreement("%s\n%s" % (described(case), wrong))
        status, said = self.carry_out("check", "--json", report, trace)
        if not os.path.exists(report):
            raise Disagreement("kerasan check ended with %s: %s" % (status, said[-500:]))
        with open(report) as stream:
            return json.load(stream)


def subject_of(case):
    """The object of the case that has a config, or None."""
    for name in CONFIGURED:
        if getattr(case, name, None) is not None:
            return getattr(case, name)
    return None


def config_changed(case, recorder):
    """An object made from a config has that config; what differs, or None."""
    subject = subject_of(case)
    if subject is None or not hasattr(subject, "get_config"):
        return None
    config = subject.get_config()
    first = recorder.value(config)
    again = recorder.value(type(subject).from_config(config).get_config())
    if first == again:
        return None
    changed = [key for key in set(first) | set(again) if first.get(key) != again.get(key)]
    return "config does not round-trip: " + ", ".join(
        "%s %r -> %r" % (key, first.get(key), again.get(key)) for key in sorted(changed))


def agreed_of(coverage, rules):
    return sum(coverage["rules"].get(rule, {}).get("agreed", 0) for rule in rules)


def reasons_of(coverage, rules):
    return [gap["reason"] for gap in coverage["not_checked"] if gap["rule"] in rules]


def verdict(report, rules):
    """(findings in words, number of claims that agreed, reasons of the others)."""
    coverage = report["coverage"]
    bad = ["%s [%s]: %s" % (f["rule"], f["evidence"].get("factor", "?")
                            if isinstance(f.get("evidence"), dict) else "?", f["message"])
           for f in report["findings"]]
    reasons = reasons_of(coverage, rules)
    lost = [gap["reason"] for gap in coverage["not_checked"]
            if any(word in gap["reason"] for word in AS_GOOD_AS_WRONG)]
    return bad + lost, agreed_of(coverage, rules), reasons


def run_class(drawn, engine, count, number):
    tally = Tally()

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, report_multiple_bugs=False,
              phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
              print_blob=False)
    @given(st.data())
    def check(data):
        case = None
        try:
            case = drawn.function(Draw(data, drawn.name))
            if case is None:
                raise UnsatisfiedAssumption()
            report = engine.judge(case, Draw(data, "").integer(0, 2 ** 31 - 1))
            bad, agreed, reasons = verdict(report, case.rules)
        except (UnsatisfiedAssumption, Disagreement):
            raise
        except Exception as error:
            if type(error).__module__.startswith("hypothesis"):
                raise
            where = traceback.format_exc().splitlines()[-6:]
            raise Disagreement("%s\n%s" % (described(case), "\n".join(where)))
        if bad:
            raise Disagreement("%s\n%s" % (described(case), "\n".join(bad)))
        if tally.failure is None:
            tally.note(agreed, reasons, agreed_of(report["coverage"], [DERIVED]),
                       reasons_of(report["coverage"], [DERIVED]))

    try:
        check()
    except BaseException as error:  # Hypothesis groups what it cannot reproduce
        if isinstance(error, KeyboardInterrupt):
            raise
        tally.failure = str(error) if isinstance(error, Disagreement) else repr(error)
    return tally


def described(case):
    try:
        return "case could not be drawn" if case is None else case.describe()
    except Exception as error:
        return "%s (%s)" % (type(case).__name__, error)


def digest(case):
    """Tells cases apart: the numbers of Hypothesis are often the same small ones. Names are counted."""
    return zlib.crc32(re.sub(r"_\d+", "", described(case)).encode()) >> 1


def write(path, told, absent):
    with open(path + ".part", "w") as stream:
        json.dump({"classes": {n: t.as_json() for n, t in told.items()}, "absent": absent}, stream)
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="+", metavar="GROUP")
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--class", dest="names", action="append")
    parser.add_argument("--kerasan", default=os.environ.get("KERASAN_BINARY")
                        or os.path.join(ROOT, "build", "kerasan"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", help="writes what became of each class")
    options = parser.parse_args()
    for group in options.groups:
        importlib.import_module("reference.cases." + group)
    chosen = [drawn for (group, name), drawn in REGISTRY.items() if group in options.groups
              and (not options.names or name in options.names)]
    told, absent = {}, []
    with tempfile.TemporaryDirectory() as folder, Engine(options.kerasan, folder) as engine:
        for drawn in chosen:
            if drawn.keras_class() is None:
                absent.append(drawn.name)
                continue
            tally = run_class(drawn, engine, options.count, options.seed)
            told["%s/%s" % (drawn.group, drawn.name)] = tally
            print(tally.line(drawn.name), flush=True)
            if options.json:  # what is there when a long run is ended counts
                write(options.json, told, absent)
    failed = [name for name, tally in told.items() if not tally.passed()]
    print("%d classes, %d cases, %d failed; not in this release: %s"
          % (len(told), sum(t.cases for t in told.values()), len(failed), ", ".join(absent) or "none"))
    if options.json:
        write(options.json, told, absent)
    if not told:
        sys.exit("no class was looked at")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
