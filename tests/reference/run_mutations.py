"""Puts small faults into what real layers give, and counts those that the engine flags.

    python run_mutations.py [GROUP...] [--slice K/N] [--kerasan PATH] [--json FILE]

A fault is one way of being wrong in one class. It is put into up to five drawn cases in which it
changes the output, and is flagged when the engine reports one of them.
"""
# ruff: noqa: I001 (run_cases comes first: it sets the import path)
import argparse
import json
import os
import sys
import tempfile

import numpy as np
from run_cases import ROOT, Engine

from kerasan_probe.recorder import Recorder
from reference import framework
from reference.classes import load
from reference.draw import REGISTRY, Case, Draw
from reference.faults import Applied, faults_of
from reference.patches import PATCHES

TRIES, CASES = 25, 5


class Seeded(Draw):
    """Draws from a plain generator; nothing shrinks here."""

    def __init__(self, rng, name):
        super().__init__(None, name)
        self.rng = rng

    def integer(self, lo, hi):
        return int(self.rng.randint(lo, hi + 1))

    def real(self, lo, hi):
        return float(self.rng.uniform(lo, hi))

    def boolean(self):
        return bool(self.rng.randint(2))

    def choice(self, options):
        options = list(options)
        return options[self.rng.randint(len(options))]

    def random(self):
        return np.random.RandomState(self.rng.randint(2 ** 31))


class Faulty(Recorder):
    """Writes outputs with a fault in the place of the healthy ones."""

    def __init__(self, case, fault, rng):
        super().__init__()
        self.case, self.fault, self.rng, self.arrays, self.changed = case, fault, rng, {}, False

    def tensor(self, array):
        reference = super().tensor(array)
        self.arrays[reference["$tensor"]] = np.asarray(array)
        return reference

    def emit(*args, **fields):
        self, kind = args
        if kind == "application":
            healthy = [self.arrays[o["$tensor"]] for o in fields["outputs"]]
            faulty = self.fault(Applied(self.case, healthy), self.rng)
            if faulty is not None and differs(healthy, faulty):
                self.changed = True
                fields["outputs"] = [self.tensor(y) for y in faulty]
        Recorder.emit(self, kind, **fields)


def differs(healthy, faulty):
    """The shapes are kept, and some element is not the same to half the digits."""
    if [a.shape for a in healthy] != [b.shape for b in faulty]:
        return False
    for a, b in zip(healthy, faulty):
        a, b = a.astype("float64"), b.astype("float64")
        with np.errstate(invalid="ignore"):
            moved = np.abs(a - b) > 1e-4 * np.maximum(np.abs(a), np.abs(b))
        if np.any(moved & np.isfinite(a) & np.isfinite(b)):
            return True
    return False


class Result:
    def __init__(self, fault):
        self.fault, self.cases, self.flagged, self.factors, self.reasons = fault, 0, 0, [], {}

    def as_json(self):
        return {"fault": self.fault, "cases": self.cases, "flagged": self.flagged,
                "factors": self.factors, "reasons": self.reasons}


def drawn_case(drawn, rng):
    for _ in range(20):
        try:
            return drawn.function(Seeded(rng, drawn.name))
        except Exception:  # a combination that the class refuses
            continue
    return None


def put(drawn, name, fault_of, engine, number):
    """One fault in cases of one class."""
    result, rng = Result(name), np.random.RandomState(number)
    for _ in range(TRIES):
        if result.cases == CASES:
            break
        case = drawn_case(drawn, rng)
        fault = fault_of(case) if case is not None else None
        if fault is None:
            continue
        try:
            report = engine.judge(case, int(rng.randint(2 ** 31)),
                                  lambda case=case, fault=fault: Faulty(case, fault, rng))
        except Exception:  # this fault is none of this case
            continue
        if report is None:
            continue
        result.cases += 1
        factors = [f["evidence"].get("factor") for f in report["findings"]]
        if report["findings"]:
            result.flagged += 1
            result.factors += [f for f in factors if isinstance(f, (int, float))]
        else:
            gaps = [gap["reason"] for gap in report["coverage"]["not_checked"]]
            for reason in gaps or ["within the bound"]:
                result.reasons[reason] = result.reasons.get(reason, 0) + 1
    return result


def studies(drawn):
    """(name, function of a case that gives the fault or None), for one class."""
    rng = np.random.RandomState(1)
    names = set()
    for _ in range(4):  # configs differ between cases
        case = drawn_case(drawn, rng)
        if isinstance(case, Case):
            names |= set(faults_of(case))
    for name in sorted(names):
        yield name, lambda case, name=name: faults_of(case).get(name)
    for patch in PATCHES.get(drawn.name, ()):
        yield "patched: " + patch.__name__.replace("_", " "), lambda case, patch=patch: \
            lambda applied, rng: patched(applied, patch)


def patched(applied, patch):
    with patch(applied.layer):
        return applied.again()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*")
    parser.add_argument("--slice", default="0/1", help="K/N: every Nth fault, from the Kth")
    parser.add_argument("--kerasan", default=os.path.join(ROOT, "build", "kerasan"))
    parser.add_argument("--json")
    options = parser.parse_args()
    load()
    first, step = (int(n) for n in options.slice.split("/"))
    every = [(drawn, name, fault) for (group, _), drawn in REGISTRY.items()
             if not options.groups or group in options.groups
             if drawn.keras_class() is not None for name, fault in studies(drawn)]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(options.kerasan, folder)
        for number, (drawn, name, fault) in enumerate(every):
            if number % step != first:
                continue
            result = put(drawn, name, fault, engine, number)
            if result.cases:
                results.append(result)
                result.fault = "%s: %s" % (drawn.name, name)
                if not result.flagged:
                    print("MISSED %s (%d cases): %s" % (result.fault, result.cases, result.reasons),
                          flush=True)
    flagged = sum(r.flagged > 0 for r in results)
    print("%s: %d faults, %d flagged (%.1f %%); of %d cases %d"
          % (framework.framework_event()["adapter"], len(results), flagged,
             100.0 * flagged / max(1, len(results)), sum(r.cases for r in results),
             sum(r.flagged for r in results)))
    if options.json:
        with open(options.json, "w") as stream:
            json.dump([r.as_json() for r in results], stream)
    return 0 if results else 1


if __name__ == "__main__":
    sys.exit(main())
