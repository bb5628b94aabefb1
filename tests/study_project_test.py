"""A study of one's own: what was acknowledged stays, whoever writes and whatever dies."""
import concurrent.futures
import io
import json
import random
import signal
import subprocess
import time
import zipfile

import pytest

from conftest import KERASAN, ROOT, measured

REVIEWERS = ["ana", "ben", "eva"]


def study(*arguments, check=True):
    done = subprocess.run([str(KERASAN), "study", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=60)
    assert not check or done.returncode == 0, done.stderr
    return done


def shown(project, key, *more):
    return json.loads(study("show", project, key, *more).stdout)


def events(project):
    lines = study("history", project, "--limit", 100000).stdout.splitlines()
    return {int(line.split("\t")[0]): line.split("\t") for line in lines}


def write_issues(path, count):
    rows = ["i%d,\"Title %d\"" % (number, number) for number in range(count)]
    path.write_text("key,title\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def project(tmp_path):
    path = tmp_path / "study.db"
    study("init", path, "--reviewers", ",".join(REVIEWERS), "--as", "ana")
    return path


def test_a_killed_import_leaves_nothing_or_all(project, tmp_path):
    count = 700000  # more than is kept in memory until the end
    table = write_issues(tmp_path / "issues.csv", count)
    killed, before = 0, project.stat().st_size
    for grown in (1, 2, 4, 6):  # MB that the import has written when it dies
        process = subprocess.Popen([str(KERASAN), "study", "import", str(project), str(table),
                                    "--as", "ana"], stdout=subprocess.PIPE)
        while process.poll() is None and project.stat().st_size < before + grown * 1000000:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[0]
        assert process.returncode == -signal.SIGKILL and said == b"", "too quick to be killed"
        killed += 1
        assert (tmp_path / "study.db-journal").stat().st_size > 0  # it was in the middle
        assert [line[3] for line in events(project).values()] == ["settings"]
        before = project.stat().st_size
        assert study("queue", project, "--as", "ana").stdout == ""
    assert killed == 4
    assert "%d items added" % count in study("import", project, table, "--as", "ana").stdout
    assert shown(project, "i%d" % (count - 1))["title"] == "Title %d" % (count - 1)


def test_killed_votes_are_kept_when_acknowledged(project, tmp_path):
    study("import", project, write_issues(tmp_path / "issues.csv", 20), "--as", "ana")
    rand = random.Random(4)
    acknowledged, silent = {}, 0
    for number in range(80):
        key, vote = "i%d" % (number % 20), str(number // 20 % 2)
        process = subprocess.Popen([str(KERASAN), "study", "rate", str(project), key, vote,
                                    "--as", "ben"], stdout=subprocess.PIPE)
        time.sleep(rand.uniform(0, 0.04))
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[0].decode()
        if said.endswith("\n"):
            acknowledged[int(said)] = (key, vote)
        else:
            silent += 1
    assert silent > 0 and acknowledged, (silent, len(acknowledged))
    after = events(project)
    for event, (key, vote) in acknowledged.items():
        assert after[event][2:7] == ["ben", "rate", key, "inclusion", vote]
    assert sorted(after) == list(range(1, len(after) + 1))  # no change without a line
    assert study("rate", project, "i0", "1", "--as", "ana").returncode == 0


def test_several_writers_lose_nothing(project, tmp_path):
    study("import", project, write_issues(tmp_path / "first.csv", 15), "--as", "ana")
    tables = [tmp_path / ("more%d.csv" % n) for n in range(4)]
    for number, table in enumerate(tables):
        table.write_text("key,title\n" + "".join("s%d_%d,t\n" % (number, n) for n in range(1250)))

    def vote(reviewer):
        return [int(study("rate", project, "i%d" % n, str(n % 2), "--as", reviewer).stdout)
                for n in range(15)]

    def add_all():
        return [study("import", project, table, "--as", "eva") for table in tables]

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        voters = [pool.submit(vote, one) for one in REVIEWERS]
        imports = pool.submit(add_all)
        fact = pool.submit(study, "fact", project, "i3", "fixing commit", "5ad", "--as", "eva")
        numbers = [number for one in voters for number in one.result()]
        assert all(one.returncode == 0 for one in [fact.result(), *imports.result()])
    after = events(project)
    assert len(set(numbers)) == 45 and set(numbers) <= set(after)
    assert len(after) == 2 + 45 + 4 + 1  # settings, first import; votes; imports, fact
    for n in range(15):
        state = shown(project, "i%d" % n)
        assert state["stages"]["inclusion"]["ratings"] == {one: str(n % 2) for one in REVIEWERS}
    assert shown(project, "i3")["facts"] == {"fixing commit": "5ad"}
    assert shown(project, "s3_1249")["title"] == "t"


def test_any_past_state_can_be_shown(project, tmp_path):
    table = tmp_path / "issues.csv"
    table.write_text("key,title,ana,impact:ben,note\na,First,1,4,odd\nb,Second,,,\n")
    study("import", project, table, "--as", "ana")
    changes = [
        ("rate", "a", "0", "--as", "ana"), ("rate", "a", "1", "--as", "ben"),
        ("rate", "a", "1", "--as", "eva"), ("rate", "a", "", "--as", "ana"),
        ("rate", "a", "1", "--as", "ana", "--note", "after all"),
        ("rate", "a", "2", "--as", "ben", "--stage", "impact"),
        ("rate", "a", "3", "--as", "eva", "--stage", "impact"),
        ("decide", "a", "3", "--as", "ana", "--stage", "impact", "--note", "agreed"),
        ("fact", "a", "note", "even", "--as", "ana"), ("rate", "b", "0", "--as", "ana"),
    ]
    seen = {}
    for command, key, *rest in changes:
        number = int(study(command, project, key, *rest).stdout)
        study("export", project, "-o", tmp_path / "then")
        seen[number] = ([shown(project, one) for one in "ab"],
                        (tmp_path / "then" / "items.csv").read_text())
    assert len(seen) == len(changes) and len({str(one) for one in seen.values()}) == len(changes)
    for number, (states, items) in seen.items():
        assert [shown(project, one, "--at", number) for one in "ab"] == states
        study("export", project, "-o", tmp_path / "past", "--at", number)
        assert (tmp_path / "past" / "items.csv").read_text() == items



TABLE = "Nr;Summary;Vote of Ana;Severity;Reporter\n7;Wrong loss;1;4;kim\n8;\"Slow; fit\";0;;lee\n"
MAP = ["--map", "key=Nr", "--map", "title=Summary", "--map", "ana=Vote of Ana",
       "--map", "impact:ben=Severity"]


def check_mapped(project):
    one, two = shown(project, "7"), shown(project, "8")
    assert (one["title"], two["title"]) == ("Wrong loss", "Slow; fit")
    assert one["stages"]["inclusion"]["ratings"] == {"ana": "1"}
    assert one["stages"]["impact"]["ratings"] == {"ben": "4"}
    assert two["stages"]["inclusion"]["ratings"] == {"ana": "0"} and "impact" not in two["stages"]
    assert (one["facts"], two["facts"]) == ({"Reporter": "kim"}, {"Reporter": "lee"})


def test_tables_with_columns_by_other_names(project, tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    assert "2 items added, 0 known, 3 ratings" in study(
        "import", project, tmp_path / "t.csv", "--as", "ana", *MAP).stdout
    check_mapped(project)
    again = study("import", project, tmp_path / "t.csv", "--as", "ana", *MAP)
    assert "0 items added, 2 known" in again.stdout


def test_objects_with_members_by_other_names(project, tmp_path):
    issues = [{"Nr": 7, "Summary": "Wrong loss", "Vote of Ana": 1, "Severity": "4",
               "Reporter": "kim", "labels": ["bug", "loss"], "nested": {"a": 1}, "none": None},
              {"Nr": 8, "Summary": "Slow; fit", "Vote of Ana": "0", "Reporter": "lee"},
              {"number": 9, "html_url": "https://example.org/9", "title": "From GitHub",
               "body": None, "state": "open", "created_at": "2020-01-02T03:04:05Z",
               "closed_at": None, "labels": [{"name": "type:bug"}]}]
    (tmp_path / "t.json").write_text(json.dumps(issues))
    done = study("import", project, tmp_path / "t.json", "--as", "ana", *MAP)
    assert "3 items added, 0 known, 3 ratings" in done.stdout
    assert "(nested): is no text or number" in done.stdout
    check_mapped(project)
    assert shown(project, "7")["labels"] == "bug^loss"
    github = shown(project, "https://example.org/9")
    assert (github["title"], github["labels"]) == ("From GitHub", "type:bug")


def refused(project, *arguments):
    """Told in one line of standard error; nothing of it is in the project."""
    before = events(project)
    done = study("import", project, *arguments, "--as", "ana", check=False)
    assert done.returncode == 2 and done.stdout == "", done.stdout
    assert events(project) == before
    return done.stderr


@pytest.mark.parametrize("name, content, told", [
    ("wrong.csv", b"one,two\n1,2\n", ':1: no column "key"'),
    ("wrong.csv", b"key,name\n1,2\n", ':1: there is no column "title"'),
    ("twice.csv", b"key,title,x,x\n1,2,3,4\n", ':1: more than one column is called "x"'),
    ("ragged.csv", b"key,title\na,b\nc,d,e\n", ":3: 3 fields where the header has 2"),
    ("mixed.csv", "key,title\na,é\n".encode() + "b,é\n".encode("latin-1"), ":3, column 2: not UTF-8"),
    ("wide.csv", "key,title\na,b\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    ("open.csv", b'key,title\na,"b\nc,d\n', "a quote opened in line 2 never closes"),
    ("nul.csv", b"key,title\na,b\0c\n", ":2, column 2: a NUL character"),
    ("empty.csv", b"", "is empty"),
    ("nokey.csv", b"key,title\na,b\n,d\n", ":3: no key tells this item"),
    ("vote.csv", b"key,title,ana\na,b,yes\n", ':2: "yes" is no category of inclusion'),
    ("cut.json", b'[{"key": 1, "title": "a"}, {"key"', "is not JSON"),
    ("latin.json", b'[{"key": 1, "title": "\xe9"}]', "is not JSON"),
    ("list.json", b'[{"key": 1, "title": "a"}, 5]', "object 2 is none"),
    ("text.json", b'"key"', "is no issue and no list of issues"),
    ("title.json", b'[{"key": 1}]', "object 1 has no title"),
    ("github.json", b'[{"html_url": "u", "title": "t"}]', 'object 1: no field "number"'),
    ("book.xlsx", b"PK\x03\x04", "is neither a table (.csv), nor issues (.json)"),
])
def test_bad_input_is_refused_whole(project, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert told in refused(project, tmp_path / name)


def test_maps_that_fit_nothing_are_refused(project, tmp_path):
    (tmp_path / "t.csv").write_text("key,title\na,b\n")
    (tmp_path / "t.json").write_text('[{"key": "a", "title": "b"}]')
    for name in ("t.csv", "t.json"):
        path = tmp_path / name
        assert 'there is no column "Sum"' in refused(project, path, "--map", "url=Sum")
        assert "is neither key, title" in refused(project, path, "--map", "zoe=title")
        assert "say which column" in refused(project, path, "--map", "title")


def workbook(cells):
    """A workbook of one sheet with these cells of the first row."""
    out = io.BytesIO()
    row = "".join("<c r='%s1' t='inlineStr'><is><t>%s</t></is></c>" % ("ABCDEFGH"[i], text)
                  for i, text in enumerate(cells))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml",
                      "<workbook><sheets><sheet name='Votes' r:id='r1'/></sheets></workbook>")
        book.writestr("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' "
                      "Target='worksheets/s.xml'/></Relationships>")
        book.writestr("xl/worksheets/s.xml",
                      "<worksheet><sheetData><row r='1'>%s</row></sheetData></worksheet>" % row)
    return out.getvalue()


VOTES = ["Title", "URL", "Labels", "Number of Votes"]


@pytest.mark.parametrize("content, told", [
    (b"", "the workbook has no part"),
    (b"PK\x03\x04 cut", "is no whole workbook"),
    (b"not a workbook", "is no whole workbook"),
    (workbook(VOTES)[:-40], "is no whole workbook"),
    (workbook(["Title", "URL"]), 'no sheet has a column "Number of Votes"'),
    (workbook(VOTES), '[Votes]: there is no column "Reviewer … Proposition"'),
    (workbook(VOTES[1:] + ["Reviewer 1 Proposition"]), "\"Title\""),
])
def test_broken_workbooks_are_refused(tmp_path, content, told):
    folder = tmp_path / "package" / "Manual_Labelling"
    folder.mkdir(parents=True)
    (folder / "issues.xlsx").write_bytes(content)
    for command in (["check", folder.parent], ["report", folder.parent, "-o", tmp_path / "o"]):
        done = study(*command, check=False)
        assert done.returncode == 2 and told in done.stderr, done.stderr
        assert "Manual_Labelling/issues.xlsx" in done.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("name, start, told", [
    ("line.csv", b"key,title\na,", ":2, column 2: a field of more than 1048576 bytes"),
    ("quoted.csv", b'key,title\na,"', ":2, column 2: a field of more than 1048576 bytes"),
    ("header.csv", b"", ":1, column 1: a field of more than 1048576 bytes"),
    ("issues.json", b'[{"key": "', "more than the 268435456 that such a file may have"),
])
def test_a_line_of_2_gb_is_refused_in_little_memory(project, tmp_path, name, start, told):
    path = tmp_path / name
    with open(path, "wb") as out:
        out.write(start)
        out.truncate(2 << 30)  # a hole: nothing is written
    status, error, peak, seconds = measured(
        [KERASAN, "study", "import", project, path, "--as", "ana"])
    assert status == 2 and told in error
    assert peak < 100e6 and seconds < 5
    assert len(events(project)) == 1


def test_the_sample_study_gives_a_report(tmp_path):
    script = "HERE='%s'; source \"$HERE/tools/demo.sh\"; sample_study '%s'" % (ROOT, tmp_path / "s")
    subprocess.run(["bash", "-c", script], check=True, stdout=subprocess.PIPE, timeout=60)
    report = tmp_path / "s" / "report"
    tables = json.loads((report / "results.json").read_text())["tables"]
    steps = dict(tables["screening"]["rows"])
    assert (steps["screened"], steps["discussed"], steps["in the final list"]) == (46, 4, 26)
    assert sum(row[1] for row in tables["impacts"]["rows"]) == 26
    assert "<svg" in (report / "index.html").read_text()
    for page in (ROOT / "docs" / "sample-study" / "issues.csv").read_text().splitlines()[1:]:
        if ",docs/findings/" in page:
            assert (ROOT / "docs" / "findings" / (page.split(",")[0] + ".md")).exists(), page
