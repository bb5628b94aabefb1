"""Writes docs/rules/README.md: each rule with its scenario, its impact and what it needs to know.

    python3 tools/rules_page.py [--check] [--engine build/kerasan]

Scenario and impact are those that `kerasan explain` tells; the needs are the kinds of events that
the sources of the rule look at (docs/trace-events.md).
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = ROOT / "src" / "checks"
PAGE = ROOT / "docs" / "rules" / "README.md"
HEAD = """# Rules

Written by `tools/rules_page.py`; a test fails when it is stale. *Impact* is the study's level, from 1
(a user is disturbed) to 4 (results are wrong); a finding may state another from its evidence. *Needs*
are the [events](../trace-events.md) that a rule is judged from, or a saved file; where they are not
recorded, the rule is not checked, and the report says so.

| rule | scenario | impact | needs |
|---|---|---|---|
"""
# What a rule asks of everything that was recorded before.
ASKED = {"take_layer_call(": "application", "run.call(": "call", "run.model(": "model",
         "run.tensor(": "arrays", "run.tensors(": "arrays"}
EVENTS = (ROOT / "docs" / "trace-events.md").read_text(encoding="utf-8")
KINDS = set(re.findall(r"^- `(\w+)`", EVENTS, re.MULTILINE)) | {"end"}
EVERY_RULE = {"rule.h", "finding_text.h", "shared.h"}


def read_rules(engine):
    done = subprocess.run([engine, "explain"], stdout=subprocess.PIPE, check=True)
    for line in done.stdout.decode().splitlines():
        found = re.match(r"(\S+)\s+(wrong-[a-z-]+|performance-degradation), impact (\d)$", line)
        if found:
            yield found.groups()


def sources_of(path, seen):
    """A file of the checks and those that it includes, without what every rule includes."""
    if path.name in EVERY_RULE or path in seen or not path.is_file():
        return
    seen.add(path)
    for name in re.findall(r'#include "checks/(\w+)\.h"', path.read_text(encoding="utf-8")):
        sources_of(CHECKS / (name + ".h"), seen)
        if name + ".h" not in EVERY_RULE:
            sources_of(CHECKS / (name + ".cpp"), seen)


def needs_of(rule):
    files = set()
    sources_of(CHECKS / (rule.replace("-", "_") + ".cpp"), files)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(files))
    told = re.findall(r'\.kind [!=]= "(\w+)"|"([a-z]+_[a-z_]+)"', text)
    needs = KINDS & {name for pair in told for name in pair}
    needs |= {what for call, what in ASKED.items() if call in text}
    if any(path.name == "file_rule.h" for path in files):
        return ["a saved file"]
    return sorted(needs - {"fault", "start", "exit"})


def page(engine):
    rows = []
    for rule, scenario, impact in read_rules(engine):
        needs = needs_of(rule)
        if not needs:
            sys.exit("rule %s: no event that it needs was found in its sources" % rule)
        rows.append("| [%s](%s.md) | %s | %s | %s |\n" % (rule, rule, scenario, impact,
                                                          ", ".join(needs)))
    return HEAD + "".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where the page is stale")
    parser.add_argument("--engine", default=str(ROOT / "build" / "kerasan"))
    options = parser.parse_args()
    text = page(options.engine)
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit("%s is stale: run python3 tools/rules_page.py" % PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
