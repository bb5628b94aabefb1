"""Puts small faults into what real layers give, and counts those that the engine flags.

    python run_mutations.py [GROUP...] [--slice K/N] [--kerasan PATH] [--json FILE]

A fault is one way of being wrong in one class. It is put into each of eight drawn cases in which it
changes the output, and is flagged when the engine reports one of them.
"""
# ruff: noqa: I001 (run_cases comes first: it sets the import path)
import argparse
import functools
import json
import os
import sys
import tempfile

import numpy as np
from run_cases import ROOT, Engine

from kerasan_probe.recorder import Recorder
from reference import derivatives, framework, other_faults
from reference.classes import load
from reference.draw import NAMESPACES, REGISTRY, Case, Draw
from reference.faults import Applied, Unchanged, faults_of
from reference.patches import PATCHES

derivatives.WANTED = False
CASES = 8  # drawn of each class; every fault is put into each where it has a place


class Seeded(Draw):
    """Draws from a plain generator; nothing shrinks here. `place`: which case of its class."""

    def __init__(self, rng, name, place=0):
        super().__init__(None, name)
        self.rng, self.place = rng, place

    def integer(self, lo, hi):
        return int(self.rng.randint(lo, hi + 1))

    def real(self, lo, hi):
        return float(self.rng.uniform(lo, hi))

    def boolean(self):
        return bool(self.rng.randint(2))

    def choice(self, options):
        options = list(options)
        return options[self.rng.randint(len(options))]

    def count(self, few, many):
        return many

    def training(self):  # a layer that does nothing at inference can be wrong there in few ways
        return self.place % CASES > 0

    def random(self):
        return np.random.RandomState(self.rng.randint(2 ** 31))


class Keeping(Recorder):
    """Keeps the arrays and numbers that it writes, in order."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def tensor(self, array):
        self.kept.append(np.asarray(array))
        return super().tensor(array)

    def emit(*args, **fields):
        self, kind = args
        if kind == "update":  # a schedule's rate is a plain number
            self.kept += [np.asarray(v, "float64") for v in fields["hyper"].values()
                          if isinstance(v, float)]
        return Recorder.emit(self, kind, **fields)


class Compared(Keeping):
    """Says whether a faulty case wrote something else than the healthy one."""

    def __init__(self, healthy):
        super().__init__()
        self.healthy = healthy

    @property
    def changed(self):
        return differs(self.healthy, self.kept)


class Faulty(Recorder):
    """Writes, in the place of an application, one for each fault that has a place in it."""

    def __init__(self, case, rng):
        super().__init__()
        self.case, self.rng, self.arrays, self.names = case, rng, {}, []
        self.unchanged = []  # faults that gave what an unchanged copy gives
        self.changed = False

    def tensor(self, array):
        reference = super().tensor(array)
        self.arrays[reference["$tensor"]] = np.asarray(array)
        return reference

    def emit(*args, **fields):
        self, kind = args
        if kind != "application":
            return Recorder.emit(self, kind, **fields)
        healthy = [self.arrays[o["$tensor"]] for o in fields["outputs"]]
        applied = Applied(self.case, healthy, int(self.rng.randint(2 ** 31)))
        for name, fault in all_faults(self.case).items():
            try:
                faulty = fault(applied, self.rng)
            except Unchanged:
                self.unchanged.append(name)
                continue
            except Exception:  # this layer refuses to be wrong in this way
                continue
            if faulty is not None and differs(healthy, faulty):
                self.changed = True
                outputs = [self.tensor(y) for y in faulty]
                Recorder.emit(self, kind, **dict(fields, outputs=outputs, name=name))
                self.names.append(name)


def all_faults(case):
    table = faults_of(case)
    for patch in PATCHES.get(type(case.layer).__name__, ()):
        table["patched: " + patch.__name__.replace("_", " ")] = \
            lambda applied, rng, patch=patch: patched(applied, patch)
    return table


def patched(applied, patch):
    with patch(applied.layer):
        return applied.again()


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
    def __init__(self):
        self.cases, self.flagged, self.factors, self.reasons = 0, 0, [], set()
        self.unchanged = 0  # cases in which the fault changed nothing

    def as_json(self, fault):
        return {"fault": fault, "cases": self.cases, "flagged": self.flagged,
                "unchanged": self.unchanged,
                "factors": self.factors, "reasons": sorted(self.reasons)}


def drawn_case(drawn, rng, place=0):
    for _ in range(20):
        try:
            return drawn.function(Seeded(rng, drawn.name, place))
        except Exception:  # a combination that the class refuses
            continue
    return None


def study(drawn, engine, number):
    """{fault: Result} of one class; a fault of no cases changed nothing in any of them."""
    results, rng = {}, np.random.RandomState(number)
    for place in range(CASES):
        case = drawn_case(drawn, rng, place)
        if not isinstance(case, Case):
            continue
        recorder = Faulty(case, rng)
        try:
            report = engine.judge(case, int(rng.randint(2 ** 31)), lambda made=recorder: made)
        except Exception as error:
            print("%s: %r" % (drawn.name, error), flush=True)
            continue
        for name in recorder.unchanged:
            results.setdefault(name, Result()).unchanged += 1
        if report is not None:
            count(results, recorder.names, report)
    return {"%s: %s" % (drawn.name, name): result for name, result in results.items()}


def study_other(drawn, engine, number):
    """{fault: Result} of a class that is no layer: a fault is put in while the object works."""
    results, rng = {}, np.random.RandomState(number)
    for _ in range(CASES):
        start, draw = int(rng.randint(2 ** 31)), int(rng.randint(2 ** 31))
        again = functools.partial(drawn_case, drawn)
        case, healthy = again(np.random.RandomState(start)), Keeping()
        if case is None:
            continue
        for name in other_faults.faults_of(case):
            try:
                healthy = healthy if healthy.kept else written(case, draw)
                faulty = again(np.random.RandomState(start))
                with other_faults.faults_of(faulty)[name]():
                    report = engine.judge(faulty, draw, lambda h=healthy.kept: Compared(h))
            except Exception as error:
                print("%s: %s: %r" % (drawn.name, name, error), flush=True)
                continue
            if report is not None:
                count(results, [name], report, only=True)
    return {"%s: %s" % (drawn.name, name): result for name, result in results.items()}


def written(case, number):
    """What the healthy case writes; to nowhere."""
    keeping = Keeping()
    framework.seed(number % (2 ** 31))
    case.record(keeping, np.random.RandomState(number))
    return keeping


def count(results, names, report, only=False):
    gaps = {gap["reason"] for gap in report["coverage"]["not_checked"]} or {"within the bound"}
    found = {f["where"].get("layer"): f["evidence"].get("factor") for f in report["findings"]}
    if only:  # the trace is of this one fault
        found = {name: factor for name in names for factor in found.values()}
    for name in names:
        result = results.setdefault(name, Result())
        result.cases += 1
        if name in found:
            result.flagged += 1
            result.factors += [found[name]] if isinstance(found[name], (int, float)) else []
        else:
            result.reasons |= gaps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*")
    parser.add_argument("--class", dest="names", action="append")
    parser.add_argument("--slice", default="0/1", help="K/N: every Nth class, from the Kth")
    parser.add_argument("--kerasan", default=os.path.join(ROOT, "build", "kerasan"))
    parser.add_argument("--json")
    options = parser.parse_args()
    load()
    first, step = (int(n) for n in options.slice.split("/"))
    classes = [drawn for (group, _), drawn in REGISTRY.items()
               if drawn.keras_class() is not None and (not options.groups or group in options.groups)
               and (not options.names or drawn.name in options.names)]
    results = {}
    with tempfile.TemporaryDirectory() as folder, Engine(options.kerasan, folder) as engine:
        for number, drawn in enumerate(classes):
            if number % step == first:
                results.update((study if drawn.group not in NAMESPACES else study_other)(
                    drawn, engine, number))
    same = sorted(fault for fault, result in results.items() if not result.cases)
    results = {fault: result for fault, result in results.items() if result.cases}
    for fault in same:
        print("CHANGES NOTHING %s" % fault)
    for fault, result in results.items():
        if not result.flagged:
            print("MISSED %s (%d cases): %s" % (fault, result.cases, sorted(result.reasons)))
    flagged = sum(r.flagged > 0 for r in results.values())
    print("%s: %d faults, %d flagged (%.1f %%); of %d cases %d; %d more change nothing"
          % (framework.framework_event()["adapter"], len(results), flagged,
             100.0 * flagged / max(1, len(results)), sum(r.cases for r in results.values()),
             sum(r.flagged for r in results.values()), len(same)))
    if options.json:
        with open(options.json, "w") as stream:
            json.dump([r.as_json(fault) for fault, r in results.items()], stream)
    return 0 if results else 1


if __name__ == "__main__":
    sys.exit(main())
