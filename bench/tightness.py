"""How near healthy claims come to their bounds, for ResNet-, LSTM- and Transformer-shaped models.

The goal: never above 1, the median of |error| / bound above 0.01, at most 2 % of the claims end
"bound too wide". A claim's ratio is the largest of its elements; claims without any error (a
reshape, a maximum) are told apart. Exit status 1 where the goal is missed.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from overhead import ROOT, WORKLOADS

NAMES = ["resnet", "recurrent", "transformer"]

def report_of(python, name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        done = subprocess.run(
            [str(ROOT / "build" / "kerasan"), "run", "--python", python, "--budget", "100",
             "--json", str(path), "--", str(WORKLOADS), name, "1"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if not path.exists():
            sys.exit(done.stdout.decode(errors="replace")[-3000:])
        return json.loads(path.read_text())


class Spread:
    """Ratios by powers of two."""

    def __init__(self):
        self.bins, self.exact, self.claims, self.largest = collections.Counter(), 0, 0, 0.0

    def add(self, entry):
        self.claims += entry["claims"]
        self.exact += entry["exact"]
        self.largest = max(self.largest, entry["largest"])
        for power, count in enumerate(entry["halvings"]):
            self.bins[power] += count

    def median(self):
        """The lower end of the bin that the median is in."""
        half, met = sum(self.bins.values()) / 2.0, 0
        for power in sorted(self.bins):
            met += self.bins[power]
            if met and met >= half:
                return 2.0 ** -(power + 1)
        return 0.0

    def line(self, label):
        return "  %-34s %5d claims, %5d exact; largest ratio %.3f, median at least %.4f" % (
            label, self.claims, self.exact, self.largest, self.median())


def show(name, report):
    """Whether the model keeps the goal."""
    whole, by_rule = Spread(), collections.defaultdict(Spread)
    print(name)
    for entry in report["coverage"]["tightness"]:
        one = Spread()
        for spread in (one, whole, by_rule[entry["rule"]]):
            spread.add(entry)
        print(one.line(entry["rule"] + " " + entry["subject"]))
    wide = sum(gap["count"] for gap in report["coverage"]["not_checked"]
               if "bound too wide" in gap["reason"])
    share = wide / max(1, whole.claims + wide)
    for rule, spread in sorted(by_rule.items()):
        print(spread.line("all of " + rule))
    print("  bound too wide: %d claims, %.1f %%; findings: %d"
          % (wide, 100 * share, len(report["findings"])))
    for gap in report["coverage"]["not_checked"]:
        print("  not checked: %d %s [%s]" % (gap["count"], gap["reason"], gap["rule"]))
    layers = by_rule["layer-output"]
    return whole.largest <= 1 and layers.median() > 0.01 and share <= 0.02 \
        and not report["findings"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    kept = [show(name, report_of(options.python, name)) for name in options.names]
    print("goal %s" % ("kept" if all(kept) else "missed"))
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
