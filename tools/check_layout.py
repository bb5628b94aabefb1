#!/usr/bin/env python3
"""Checks what the layout promises: includes go one way, each rule has a page and a test, and no two
types share a name that the linker would take for one."""
import pathlib
import re
import sys

ORDER = ["base", "trace", "model", "formats", "reference", "checks", "report", "catalogue", "study",
         "cli"]
ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)


def include_faults(root):
    for source in sorted((root / "src").rglob("*")):
        if source.suffix not in (".h", ".cpp"):
            continue
        own = source.relative_to(root / "src").parts[0]
        for line, text in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"(\w+)/', text)
            if not found or found[1] not in ORDER or own not in ORDER:
                continue
            if ORDER.index(found[1]) > ORDER.index(own):
                yield "%s:%d: %s may not include %s" % (
                    source.relative_to(root), line, own, found[1])


def rule_faults(root):
    names = {}
    tests = [path.read_text(encoding="utf-8") for path in sorted((root / "tests").rglob("*_test.*"))]
    for source in sorted((root / "src/checks").glob("*.cpp")):
        text = source.read_text(encoding="utf-8")
        if "RuleRegistrar registrar" not in text:
            continue
        found = re.search(r'RuleInfo\s+\w+\s*\{\s*(?:"([a-z0-9-]+)"|(\w+))', text)
        if found and found[2]:  # a constant of the same file
            found = re.search(found[2] + r'\b[^=;]*[={]\s*"([a-z0-9-]+)"', text)
        if not found:
            yield "%s: registers a rule, but its name is not found" % source.relative_to(root)
            continue
        name = names[found[1]] = found[1]
        if source.stem != name.replace("-", "_"):
            yield "%s: the file of rule %s has another name" % (source.relative_to(root), name)
        if not (root / "docs/rules" / (name + ".md")).is_file():
            yield "rule %s: docs/rules/%s.md is missing" % (name, name)
        if not any(name in text for text in tests):
            yield "rule %s: no test under tests/ names it" % name
    for page in sorted((root / "docs/rules").glob("*.md")):
        if page.stem not in names and page.stem not in ("index", "README"):
            yield "%s: there is no such rule" % page.relative_to(root)


def type_faults(root):
    """Types of one full name in two headers: tests and sources are linked into one program."""
    places = {}
    for source in sorted(list((root / "src").rglob("*.h")) + list((root / "tests").rglob("*.h"))):
        scope = ""
        for text in source.read_text(encoding="utf-8").splitlines():
            space = re.match(r"namespace ([\w:]+) {", text)
            scope = space[1] if space else scope
            found = re.match(r"(?:struct|class) (\w+)[^;]*{", text)
            if found:
                first = places.setdefault(scope + "::" + found[1], source)
                if first != source:
                    yield "%s: %s::%s is also in %s" % (
                        source.relative_to(root), scope, found[1], first.relative_to(root))


def main():
    faults = list(include_faults(ROOT)) + list(rule_faults(ROOT)) + list(type_faults(ROOT))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
