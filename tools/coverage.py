"""Writes docs/reference-coverage.md: which public classes of Keras are recomputed, and in what.

    python3 tools/coverage.py [--check] [--engine build/kerasan]

Reads the classes of two releases (tests/reference/classes.py), what the engine has a reference of
(`kerasan explain --reference`), and the reasons of the holes (tools/coverage_reasons.txt).
"""
import argparse
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference-coverage.md"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
ENVS = pathlib.Path(os.environ.get("KERASAN_ENVS") or CACHE / "kerasan" / "envs")
RELEASES = ["keras3", "tf-2.15.0"]
GROUPS = [("Layers", ["layers"]), ("Losses", ["losses"]), ("Metrics", ["metrics"]),
          ("Optimizers", ["optimizers"]), ("Schedules", ["schedules"]),
          ("Initializers", ["initializers"]),
          ("Regularizers and constraints", ["regularizers", "constraints"])]
# Where a claim of that kind exists; elsewhere the table has a dash.
HAS_SHAPE = {"layers", "losses", "initializers", "constraints"}
GRADIENTS = {"layers": "layer gradients", "losses": "loss gradients"}
HEAD = """# Coverage of the reference

Written by `tools/coverage.py`; a test fails when it is stale. The classes are those that `keras` %s
and `tf.keras` %s make public; other names of a class stand in brackets.

- *values*: the engine has a reference of the class, and drawn cases of the real class agree with it
  (`tests/reference/cases`, in each release that has the class).
- *shape*: in the same cases, the shape that the reference infers and the one that the class declares
  are the shape observed.
- *gradient*: the engine differentiates the reference in reverse mode (registered; the rule
  `training-step` compares what follows from it).
- *config*: in the same cases, an object made from the class's config has that config.

A dash: the class makes no claim of that kind (indices have no derivative). A base class without a
semantics of its own is listed and not counted. A class counts as covered when its values are.
"""


def read_classes(env):
    command = [str(ENVS / env / "bin" / "python"), str(ROOT / "tests" / "reference" / "classes.py")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""))
    if done.returncode != 0:
        sys.exit("%s: %s" % (env, done.stderr.decode(errors="replace")[-2000:]))
    return json.loads(done.stdout.decode())


def read_engine(binary):
    done = subprocess.run([binary, "explain", "--reference"], stdout=subprocess.PIPE, check=True)
    kinds = {}
    for line in done.stdout.decode().splitlines():
        kind, _, names = line.partition(":")
        kinds[kind] = set(names.split())
    return kinds


def read_reasons():
    """[(group, pattern of a class, reason)], the first that fits counts; "base" needs no cover."""
    reasons = []
    for line in (ROOT / "tools" / "coverage_reasons.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            group, pattern, reason = line.split(None, 2)
            reasons.append((group, pattern, reason.strip()))
    return reasons


def snake(name):
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


class Row:
    """What is known of one class."""

    def __init__(self, group, name, others, releases, engine, reasons):
        self.group, self.name, self.others, self.releases = group, name, others, releases
        names = [name] + others
        if group == "metrics" and name.endswith("Error"):  # a loss of the name without it
            names.append(name[:-len("Error")])
        kinds = [group] + {"metrics": ["losses", "metric states"],
                           "layers": ["layer properties"],
                           "optimizers": ["loss scales"]}.get(group, [])
        self.registered = any(n in engine.get(kind, ()) or snake(n) in engine.get(kind, ())
                              for kind in kinds for n in names)
        self.differentiated = any(n in engine.get(GRADIENTS.get(group), ()) for n in names)
        having = [r for r in releases.values() if name in r["classes"][group]]
        cases = [next((r["cases"].get(group, {})[n] for n in names
                       if n in r["cases"].get(group, {})), None) for r in having]
        self.values = self.registered and all(cases)
        self.config = all(cases) and all(case["config"] for case in cases)
        self.reason = next((reason for where, pattern, reason in reasons
                            if where == group and fnmatch.fnmatchcase(name, pattern)), "")
        self.base = self.reason.startswith("base:")
        self.underivable = group == "layers" and any(  # it has no derivative
            where == "gradients" and fnmatch.fnmatchcase(name, pattern)
            for where, pattern, _ in reasons)

    def missing(self):
        """Why the class is not covered, in words of the data file or of what was found."""
        if self.reason:
            return self.reason
        if self.values:
            return ""
        return "no case of the real class yet" if self.registered else "no reference yet"

    def line(self):
        def mark(group_has_it, yes):
            return "yes" if yes else "no" if group_has_it else "–"

        values = mark(True, self.values)
        shape = mark(self.group in HAS_SHAPE, self.values and self.group in HAS_SHAPE)
        gradient = mark(self.group in GRADIENTS and not self.underivable, self.differentiated)
        if self.base:
            values = shape = gradient = "–"
        title = "`%s`" % self.name + (" (%s)" % ", ".join(self.others) if self.others else "")
        having = " ".join(label for label, has in self.labels() if has)
        note = "" if self.values and not self.base else self.missing()
        cells = [title, having, values, shape, gradient, "–" if self.base else mark(True, self.config),
                 note]
        return "| " + " | ".join(cells) + " |"

    def labels(self):
        for label, env in (("3", "keras3"), ("2.15", "tf-2.15.0")):
            yield label, self.name in self.releases[env]["classes"][self.group]


def rows_of(group, releases, engine, reasons):
    others = {}
    for release in releases.values():
        for name, more in release["classes"][group].items():
            others.setdefault(name, set()).update(more)
    # A name that is a class of its own in one release and another name in the other.
    return [Row(group, name, sorted(more - set(others)), releases, engine, reasons)
            for name, more in sorted(others.items())]


def page(releases, engine, reasons):
    parts = [HEAD % tuple(releases[env]["version"] for env in RELEASES)]
    summary = ["| group | classes | values | gradient | config |", "|---|---|---|---|---|"]
    tables, total, covered, unexplained = [], 0, 0, []
    for title, groups in GROUPS:
        rows = [row for group in groups for row in rows_of(group, releases, engine, reasons)]
        counted = [row for row in rows if not row.base]
        done = sum(row.values for row in counted)
        total, covered = total + len(counted), covered + done
        with_gradient = [row for row in counted if row.group in GRADIENTS]
        summary.append("| %s | %d | %d | %s | %d |" % (
            title, len(counted), done,
            sum(row.differentiated for row in with_gradient) if with_gradient else "–",
            sum(row.config for row in counted)))
        unexplained += [row.group + " " + row.name for row in counted
                        if not row.values and not row.reason]
        tables += ["", "## " + title, "",
                   "| class | in | values | shape | gradient | config | if not, why |",
                   "|---|---|---|---|---|---|---|"] + [row.line() for row in rows]
    head = "**%d of %d classes covered: %.1f %%.**" % (covered, total, 100.0 * covered / total)
    return "\n".join(parts + [head, ""] + summary + tables) + "\n", covered / total, unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the page is stale")
    parser.add_argument("--engine", default=str(ROOT / "build" / "kerasan"))
    options = parser.parse_args()
    releases = {env: read_classes(env) for env in RELEASES}
    text, share, unexplained = page(releases, read_engine(options.engine), read_reasons())
    print("covered: %.1f %%; without a reason: %s" % (100 * share, ", ".join(unexplained) or "none"))
    if options.check:
        stale = not PAGE.exists() or PAGE.read_text() != text
        sys.exit("docs/reference-coverage.md is stale; run tools/coverage.py" if stale else 0)
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
