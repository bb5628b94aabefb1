"""The mutation study: small faults in real layers, and how many of them the engine flags.

Every release runs tests/reference/run_mutations.py. Printed: the share flagged (goal: 99 %), how far
beyond the bound they were, and each fault that was missed.
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


def study(env, arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        subprocess.run([str(ENVS / env / "bin" / "python"),
                        str(ROOT / "tests" / "reference" / "run_mutations.py"),
                        "--json", told.name] + arguments,
                       env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return json.loads(pathlib.Path(told.name).read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envs", nargs="*", default=["keras3", "tf-2.15.0"])
    parser.add_argument("--slice", default="0/1", help="K/N: every Nth class, from the Kth")
    parser.add_argument("groups", nargs="*")
    options = parser.parse_args()
    everything = []
    for env in options.envs:
        results = study(env, ["--slice", options.slice] + options.groups)
        everything += [dict(result, env=env) for result in results]
    flagged = [r for r in everything if r["flagged"]]
    factors = sorted(f for r in flagged for f in r["factors"])
    cases, hit = sum(r["cases"] for r in everything), sum(r["flagged"] for r in everything)
    print("faults %d, flagged %d: %.2f %% (of single cases: %d of %d, %.2f %%)"
          % (len(everything), len(flagged), 100.0 * len(flagged) / max(1, len(everything)), hit, cases,
             100.0 * hit / max(1, cases)))
    if factors:
        print("factor beyond the bound: geometric mean %.3g, smallest %.3g, median %.3g"
              % (statistics.geometric_mean([max(f, 1.0) for f in factors]), factors[0],
                 statistics.median(factors)))
    for result in everything:
        if not result["flagged"]:
            print("missed on %s: %s in %d cases: %s" % (
                result["env"], result["fault"], result["cases"], "; ".join(result["reasons"])))
    sys.exit(0 if len(flagged) >= 0.99 * len(everything) else 1)


if __name__ == "__main__":
    main()
