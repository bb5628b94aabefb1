"""Wall time with Kerasan over without, on five workloads, runs interleaved.

The whole program is timed (start of the interpreter and imports too), and the ratio of the
training alone is printed beside it. Of several rounds the shortest run of either kind counts: what
else a machine does can only lengthen a run.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKLOADS = ROOT / "bench" / "workloads" / "workloads.py"
NAMES = ["mlp", "cnn", "lstm", "functional", "loop"]
Timed = collections.namedtuple("Timed", "wall trained steps")  # seconds, seconds, count


def timed(command):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=environment)
    wall = time.perf_counter() - began
    trained = re.search(rb"TRAINED ([0-9.]+)", done.stdout)
    steps = re.search(rb"STEPS ([0-9]+)", done.stdout)
    if not trained or not steps:
        sys.exit("%s\nfailed:\n%s" % (command, done.stdout.decode(errors="replace")[-3000:]))
    return Timed(wall, float(trained.group(1)), int(steps.group(1)))


def bare(python, name, epochs):
    return timed([python, str(WORKLOADS), name, str(epochs)])


def watched(python, name, epochs, report):
    return timed([str(ROOT / "build" / "kerasan"), "run", "--python", python, "--json", report,
                  "--", str(WORKLOADS), name, str(epochs)])


def epochs_for(python, name, seconds):
    """Enough for `seconds` of training, with a margin: the machine may be busier now than later."""
    few, many = bare(python, name, 1).trained, bare(python, name, 4).trained
    return max(1, int(1.25 * seconds / max((many - few) / 3, 1e-3)) + 1)


def pair(python, name, epochs, watched_first):
    """(without, with, share of steps): the order alternates, since machines slow down and recover."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        with_it = watched(python, name, epochs, report.name) if watched_first else None
        without = bare(python, name, epochs)
        with_it = with_it or watched(python, name, epochs, report.name)
        return without, with_it, share(report.name)


def shortest(runs, field):
    return min(getattr(run, field) for run in runs)


def share(report):
    """Share of the steps that were recorded, as the report tells it."""
    coverage = json.loads(pathlib.Path(report).read_text()).get("coverage", {})
    steps = coverage.get("steps") or {}
    seen, recorded = steps.get("seen"), steps.get("recorded")
    return "%d of %d steps checked" % (recorded, seen) if seen else \
        "%d claims checked" % coverage.get("checked", 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="training time of each run")
    parser.add_argument("--rounds", type=int, default=1, help="pairs of runs for each workload")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    ratios = []
    for name in options.names:
        epochs = epochs_for(options.python, name, options.seconds)
        without, with_it = [], []
        for number in range(options.rounds):
            one, other, told = pair(options.python, name, epochs, number % 2 == 1)
            without.append(one)
            with_it.append(other)
            print("%-10s without %.1f s, with %.1f s" % (name, one.wall, other.wall), flush=True)
        ratios.append(shortest(with_it, "wall") / shortest(without, "wall"))
        print("%-10s ratio %.3f (training alone %.3f), %s"
              % (name, ratios[-1], shortest(with_it, "trained") / shortest(without, "trained"),
                 told), flush=True)
    print("median ratio %.3f, largest %.3f" % (statistics.median(ratios), max(ratios)))


if __name__ == "__main__":
    main()
