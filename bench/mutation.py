"""The mutation study: small faults in real classes, and how many of them the engine flags.

Every release runs tests/reference/run_mutations.py, each group of classes in a process of its own.
Printed for each: the share flagged (goal: 99 %) and how far beyond the bound they were; then each
fault that was missed and why. A group whose process a fault ended is named, and fails the study.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from overhead import ROOT

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
ENVS = pathlib.Path(os.environ.get("KERASAN_ENVS") or CACHE / "kerasan" / "envs")


def groups():
    cases = ROOT / "tests" / "reference" / "cases"
    return sorted(path.stem for path in cases.glob("*.py") if path.stem != "__init__")


def study(env, group, arguments):
    """The results of one group; None where its process did not end in order."""
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        subprocess.run([str(ENVS / env / "bin" / "python"),
                        str(ROOT / "tests" / "reference" / "run_mutations.py"),
                        "--json", told.name, group] + arguments,
                       env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = pathlib.Path(told.name).read_text()  # written last
        return json.loads(text) if text else None


def summary(label, results):
    flagged = [r for r in results if r["flagged"]]
    factors = sorted(f for r in flagged for f in r["factors"])
    print("%-24s faults %4d, flagged %4d: %6.2f %%; single cases %d of %d"
          % (label, len(results), len(flagged), 100.0 * len(flagged) / max(1, len(results)),
             sum(r["flagged"] for r in results), sum(r["cases"] for r in results)), end="")
    if factors:
        print("; factor beyond the bound: geometric mean %.3g, median %.3g, smallest %.3g"
              % (statistics.geometric_mean([max(f, 1.0) for f in factors]),
                 statistics.median(factors), factors[0]), end="")
    print(flush=True)
    return len(flagged)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envs", nargs="*", default=["keras3", "tf-2.15.0"])
    parser.add_argument("--slice", default="0/1", help="K/N: every Nth class, from the Kth")
    parser.add_argument("groups", nargs="*")
    options = parser.parse_args()
    everything, ended = [], []
    for env in options.envs:
        for group in options.groups or groups():
            results = study(env, group, ["--slice", options.slice])
            if results is None:
                ended.append("%s on %s" % (group, env))
                continue
            summary("%s %s" % (env, group), results)
            everything += [dict(result, env=env) for result in results]
    hit = summary("all", everything)
    for result in everything:
        if not result["flagged"]:
            print("missed on %s: %s in %d cases: %s" % (
                result["env"], result["fault"], result["cases"], "; ".join(result["reasons"])))
    for name in ended:
        print("a fault ended the process of " + name)
    sys.exit(0 if not ended and hit >= 0.99 * len(everything) else 1)


if __name__ == "__main__":
    main()
