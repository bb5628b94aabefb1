"""The engine's time to recompute a recorded step over the framework's own time for such a step.

The framework's time is that of its compiled training step in the steady state, unwatched: the
difference of a long and a short run. Rounds of both are interleaved; the medians are compared.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile

from overhead import ROOT, WORKLOADS, bare, timed

NAMES = ["resnet", "recurrent", "transformer"]
LABELS = {"STEP": "reference step", "EVERY RULE": "with every rule on it"}


def step_of_framework(python, name, epochs):
    short, long = bare(python, name, 1), bare(python, name, 1 + epochs)
    return 1000 * (long.trained - short.trained) / (long.steps - short.steps)


def record(python, name, folder):
    trace = os.path.join(folder, name + ".trace")
    timed([str(ROOT / "build" / "kerasan"), "run", "--python", python, "--record", trace,
           "--", str(WORKLOADS), name, "1"])
    return trace


def step_of_engine(trace):
    done = subprocess.run([str(ROOT / "build" / "reference_step"), trace], stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit("reference_step failed on " + trace)
    costs = re.findall(r"^(STEP|EVERY RULE) ([0-9.]+) ms, (.*)$", done.stdout.decode(), re.M)
    return {what: (float(milliseconds), claims) for what, milliseconds, claims in costs}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20, help="of the long run")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    for name in options.names:
        with tempfile.TemporaryDirectory() as folder:
            trace = record(options.python, name, folder)
            framework, engine = [], []
            for _ in range(options.rounds):
                framework.append(step_of_framework(options.python, name, options.epochs))
                engine.append(step_of_engine(trace))
        theirs = statistics.median(framework)
        for what in ("STEP", "EVERY RULE"):
            ours = statistics.median(round_[what][0] for round_ in engine)
            print("%-11s framework's step %.2f ms, %s %.2f ms: ratio %.2f (%s)"
                  % (name, theirs, LABELS[what], ours, ours / theirs, engine[-1][what][1]),
                  flush=True)


if __name__ == "__main__":
    main()
