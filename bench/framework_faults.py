"""The mutation study of saved files, structure, shapes, parameters, messages and performance.

Each fault of tests/mutation/faults is put into the releases that it names; flagged means: a finding
of the scenario expected that the healthy program does not have.
"""
import argparse
import collections
import os
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
*not reached* (the patched code did not run), *loud* (the program failed), `-` (not run there).
"""
SILENT = ("flagged", "other scenario", "missed")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", nargs="*")
    parser.add_argument("--family", nargs="*")
    parser.add_argument("--program", nargs="*")
    parser.add_argument("--only", help="a part of the name of the fault")
    parser.add_argument("--write", action="store_true", help="write docs/framework-faults.md")
    parser.add_argument("--why", action="store_true", help="print the reasons of what was missed")
    options = parser.parse_args()
    faults = [f for f in study.table().values()
              if (not options.family or f.family in options.family) and
              (not options.program or f.program in options.program) and
              (options.only or "") in f.name]
    everything = []
    with tempfile.TemporaryDirectory() as folder:
        for env in options.releases or ("keras3", "tf-2.15.0", "tf-2.4.0", "tf-1.15.0"):
            release = study.Release(env, folder)
            results = [tell(release.judge(f), options.why) for f in faults if env in f.releases]
            everything += results
            summary(env, results)
    summary("all", everything)
    if options.write:
        write_page(faults, everything)


def write_page(faults, results):
    """The page of every fault: what each release gave, "-" where it was not run."""
    envs = ("keras3", "tf-2.15.0", "tf-2.4.0", "tf-1.15.0")
    told = {(r.fault.name, r.release): r for r in results}
    lines = [HEAD, "| fault | family | scenario | kind | " + " | ".join(envs) + " |",
             "|---|---|---|---|" + "---|" * len(envs)]
    for f in faults:
        cells = [told[(f.name, env)].outcome if (f.name, env) in told else "-" for env in envs]
        lines.append("| %s | %s | %s | %s | %s |"
                     % (f.name, f.family, f.scenario, f.kind, " | ".join(cells)))
    PAGE.write_text("\n".join(lines) + "\n")


def tell(result, why):
    print("%-15s %-10s %-60s %s" % (result.outcome, result.release, result.fault.name,
                                    ", ".join(result.rules)), flush=True)
    if why and result.outcome != "flagged":
        print("    " + "\n    ".join(result.reasons[:12]), flush=True)
    return result


def summary(label, results):
    counts = collections.Counter(r.outcome for r in results)
    silent = sum(counts[outcome] for outcome in SILENT)
    print("%s: %d faults, %d flagged: %.1f %%; %s" % (
        label, silent, counts["flagged"], 100.0 * counts["flagged"] / max(1, silent),
        ", ".join("%s %d" % pair for pair in sorted(counts.items()))), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
