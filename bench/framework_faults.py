"""The mutation study of saved files, structure, shapes, parameters, messages and performance.

Each fault of tests/mutation/faults is put into the releases that it names; flagged means: a finding
of the scenario expected that the healthy program does not have. Each result is kept as soon as it is
there: a run that was interrupted goes on where it stopped.
"""
import argparse
import collections
import json
import os
import pathlib
import sys
import tempfile

from overhead import ROOT

sys.path.insert(0, str(ROOT / "tests" / "mutation"))

import study  # noqa: E402

PAGE = ROOT / "docs" / "framework-faults.md"
HEAD = """# Faults put into the framework

The table of faults is tests/mutation/faults, `bench/framework_faults.py` runs them. A fault is a patch
of the framework before the program runs, an edit of a saved file, or an edit of the text shown.
*flagged*: a finding of the scenario expected that the healthy program does not have. Not counted:
*not reached* (the patched code did not run), *loud* (the program failed), `-` (not run there). No fault
was dropped after its result was seen. Corrected after that, as they did nothing on Keras 3, were
"masking gives no mask" (a call attaches the mask there), "load model loses the metrics" (metrics that
compile is not given stay), three edits of bars whose pattern did not fit the colours, and two that
trace anew each batch (they also took the steps out of sight). The program that predicts does so in
four batches, to have several of one form. A cell holds the last result that was kept, which may be
older than the latest rules.
"""
# Why a fault was not flagged under its scenario, where that is known.
WHY = {
    "a wrapper does its work twice":
        "how often Keras 3 calls the layer inside is not known: it maps over the steps",
    "a layer is not listed by its model":
        "heard where the summary lacks the layer, under wrong-displayed-message",
    "an archived slot is dropped":
        "the configuration in the archive has no optimizer: docs/findings/optimizer-lost-after-h5.md",
    "from config empties what it is given":
        "the release does that itself: docs/findings/from-config-empties-argument.md",
}
# What is not recorded on the oldest release, by program.
FIRST, UNRECORDED = "tf-1.15.0", {
    "settings": "updates, constructors and initial values are not recorded on this release",
    "sequences": "a step that draws random numbers is not followed on this release",
}
ENVS = ("keras3", "tf-2.15.0", "tf-2.4.0", "tf-1.15.0")
SILENT = ("flagged", "other scenario", "missed")
OTHERS = ("not reached", "loud")


class Results:
    """{(fault, release): Result} in a file of one line each; a later line replaces an earlier one."""

    def __init__(self, path):
        self.path, self.held = pathlib.Path(path), {}
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        faults = study.table()
        for line in lines:
            name, env, outcome, rules, reasons = json.loads(line)
            if name in faults:
                self.held[name, env] = study.Result(faults[name], env, outcome, rules, reasons)

    def add(self, result):
        self.held[result.fault.name, result.release] = result
        with self.path.open("a") as stream:
            stream.write(json.dumps([result.fault.name] + list(result)[1:]) + "\n")
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", nargs="*", default=ENVS)
    parser.add_argument("--family", nargs="*")
    parser.add_argument("--program", nargs="*")
    parser.add_argument("--only", help="a part of the name of the fault")
    parser.add_argument("--results", default=str(ROOT / "build" / "framework-faults.jsonl"))
    parser.add_argument("--again", nargs="*", choices=("all",) + SILENT + OTHERS,
                        default=[], help="run again what had these outcomes")
    parser.add_argument("--told", action="store_true", help="run nothing, tell what is kept")
    parser.add_argument("--write", action="store_true", help="write docs/framework-faults.md")
    parser.add_argument("--why", action="store_true", help="print the reasons of what was missed")
    options = parser.parse_args()
    faults = [f for f in study.table().values()
              if (not options.family or f.family in options.family) and
              (not options.program or f.program in options.program) and
              (options.only or "") in f.name]
    results = Results(options.results)
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for env in options.releases:
            release = study.Release(env, folder)
            for f in (f for f in faults if env in f.releases):
                kept = results.held.get((f.name, env))
                if kept is None or "all" in options.again or kept.outcome in options.again:
                    kept = None if options.told else results.add(release.judge(f))
                told += [tell(kept, options.why)] if kept else []
    summary(told, options.releases)
    if options.write:
        PAGE.write_text(page(results.held))


def page(held):
    """What each release gave of every fault, "-" where it was not run."""
    faults = study.table().values()
    lines = [HEAD] + shares(list(held.values()), ENVS) + [
        "", "| fault | family | scenario | kind | " + " | ".join(ENVS) + " |",
        "|---|---|---|---|" + "---|" * len(ENVS)]
    for f in faults:
        cells = [held[f.name, env].outcome if (f.name, env) in held else "-" for env in ENVS]
        lines.append("| %s | %s | %s | %s | %s |"
                     % (f.name, f.family, f.scenario, f.kind, " | ".join(cells)))
    return "\n".join(lines + missed(held)) + "\n"


def why(result):
    of_first = UNRECORDED.get(result.fault.program) if result.release == FIRST else None
    return WHY.get(result.fault.name) or of_first or "not known"


def missed(held):
    """What was not flagged under its scenario, and why."""
    lines = ["", "## Not flagged under the scenario", "", "| fault | release | heard instead | why |",
             "|---|---|---|---|"]
    return lines + ["| %s | %s | %s | %s |" % (r.fault.name, r.release, ", ".join(r.rules) or "nothing",
                                               why(r))
                    for r in held.values() if r.outcome in SILENT[1:]]


def shares(results, envs):
    """Rows of flagged of silent faults, by family and release."""
    def cell(family, env):
        of = [r.outcome for r in results if r.outcome in SILENT and env in (None, r.release) and
              family in (None, r.fault.family)]
        return "%d/%d (%.1f %%)" % (of.count("flagged"), len(of),
                                    100.0 * of.count("flagged") / len(of)) if of else "-"
    columns = list(envs) + [None]
    families = list(collections.OrderedDict((r.fault.family, 0) for r in results)) + [None]
    return ["| family | " + " | ".join(env or "all" for env in columns) + " |",
            "|---|" + "---|" * len(columns)] + [
        "| %s | %s |" % (family or "all", " | ".join(cell(family, env) for env in columns))
        for family in families]


def tell(result, why):
    print("%-15s %-10s %-60s %s" % (result.outcome, result.release, result.fault.name,
                                    ", ".join(result.rules)), flush=True)
    if why and result.outcome != "flagged":
        print("    " + "\n    ".join(result.reasons[:12]), flush=True)
    return result


def summary(results, envs):
    counts = collections.Counter(r.outcome for r in results)
    print("\n".join(shares(results, envs)))
    print(", ".join("%s %d" % pair for pair in sorted(counts.items())), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
