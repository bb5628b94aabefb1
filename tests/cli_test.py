"""Drives build/kerasan as a user would: usage, exit statuses, damaged input, signals.

Needs no framework: a fake program writes a trace with the container's own writer.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERASAN = os.environ.get("KERASAN", str(ROOT / "build" / "kerasan"))


def kerasan(*arguments, **options):
    options.setdefault("timeout", 60)
    return subprocess.run([KERASAN, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, **options)


@pytest.fixture
def program(tmp_path):
    def make(text, name="program.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return path
    return make


@pytest.fixture
def fake_probe(tmp_path, monkeypatch):
    """A probe that says that it started and met a framework, and checks nothing else."""
    inject = tmp_path / "probe" / "inject"
    inject.mkdir(parents=True)
    (inject / "sitecustomize.py").write_text(textwrap.dedent("""
        import os, sys
        sys.path.insert(0, %r)
        from kerasan_probe.writer import TraceWriter
        writer = TraceWriter(os.environ["KERASAN_TRACE"])
        def event(kind, **fields):
            writer.frame(1, dict(fields, kind=kind, t=0.0, pid=os.getpid()))
        event("start", argv=sys.argv, cwd=os.getcwd(), python="3", ppid=os.getppid(), probe="0")
        event("framework", tensorflow="9.9", keras="9.9", backend="tensorflow", adapter="keras2",
              eager=True, floatx="float32")
        event("uncovered", reason="nothing is observed", detail="fake probe")
        import builtins
        builtins.event = event
        """ % str(ROOT / "probe")))
    monkeypatch.setenv("KERASAN_PROBE", str(inject.parent))
    return inject.parent


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["run"], ["run", "--"], ["run", "--nonsense", "--", "x.py"],
    ["run", "--fail-on", "9", "--", "x.py"], ["run", "--budget", "much", "--", "x.py"],
    ["run", "stray", "--", "x.py"], ["check"], ["check", "/no/such/trace"],
])
def test_wrong_usage_is_status_2_and_says_so(arguments):
    done = kerasan(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip() and "terminate" not in done.stderr


def test_help_and_version():
    assert kerasan("--version").stdout.startswith("kerasan ")
    for command in ("run", "check", "explain"):
        done = kerasan(command, "--help")
        assert done.returncode == 0 and len(done.stdout) > 100
    assert "Exit status" in kerasan("run", "--help").stdout


@pytest.mark.parametrize("name", ["missing.py", "./missing", "no-such-command-anywhere"])
def test_a_program_that_cannot_be_started_is_named(name):
    done = kerasan("run", "--", name)
    assert done.returncode == 2
    assert name in done.stderr


def test_a_missing_interpreter_is_named(program):
    done = kerasan("run", "--python", "/no/python", "--", program("pass"))
    assert done.returncode == 2
    assert "/no/python" in done.stderr


def test_explain():
    names = [line.split()[0] for line in kerasan("explain").stdout.splitlines()]
    for name in names:
        assert name in kerasan("explain", name).stdout
    done = kerasan("explain", "no-such-rule")
    assert done.returncode == 2 and "no-such-rule" in done.stderr
    if names:
        misspelt = kerasan("explain", names[0][:-1] + "q")
        assert misspelt.returncode == 2 and names[0] in misspelt.stderr


def test_a_program_that_is_not_python_cannot_be_judged():
    done = kerasan("run", "--", "true")
    assert done.returncode == 2
    assert "probe did not start" in done.stderr


def test_nothing_checked_is_status_2(fake_probe, program):
    done = kerasan("run", "--python", sys.executable, "--", program("print('mine')"))
    assert done.stdout == "mine\n"
    assert done.returncode == 2
    assert "nothing could be checked" in done.stderr
    assert "nothing is observed: fake probe" in done.stderr


def test_the_programs_own_failure_is_status_3(fake_probe, program, tmp_path):
    report = tmp_path / "report.json"
    done = kerasan("run", "--python", sys.executable, "--json", report, "--",
                   program("import sys; sys.exit(7)"))
    assert done.returncode == 3
    assert "program exited with status 7" in done.stderr
    told = json.loads(report.read_text())
    assert told["schema"] == 1
    assert told["program"] == {"exit": 7, "signal": None}
    assert told["environment"]["tensorflow"] == "9.9"
    assert {"reason": "nothing is observed: fake probe", "rule": "probe", "count": 1} in \
        told["coverage"]["not_checked"]


def test_a_killed_program_is_told_with_its_signal(fake_probe, program):
    done = kerasan("run", "--python", sys.executable, "--",
                   program("import os; os.kill(os.getpid(), 9)"))
    assert done.returncode == 3
    assert "killed by signal 9" in done.stderr


def test_arguments_stdin_and_folder_are_the_programs_own(fake_probe, program, tmp_path):
    path = program("import os, sys; print(sys.argv[1:], sys.stdin.read(), os.getcwd())")
    done = kerasan("run", "--python", sys.executable, "--", path, "--json", "--", "-x",
                   input="in", cwd=str(tmp_path))
    assert done.stdout == "['--json', '--', '-x'] in %s\n" % tmp_path


def test_dashes_may_be_left_out(fake_probe, program):
    done = kerasan("run", "--python", sys.executable, program("import sys; print(sys.argv[1:])"),
                   "--epochs", "3")
    assert done.stdout == "['--epochs', '3']\n"


@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupt_reaches_the_program_and_the_report_still_comes(fake_probe, program,
                                                                     whole_group):
    path = program("""
        import sys, time
        print("ready", flush=True)
        try:
            time.sleep(30)
        except KeyboardInterrupt:
            sys.exit(5)
        """)
    run = subprocess.Popen([KERASAN, "run", "--python", sys.executable, "--", str(path)],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           universal_newlines=True, start_new_session=True)
    assert run.stdout.readline() == "ready\n"
    time.sleep(0.2)
    (os.killpg if whole_group else os.kill)(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=20)
    assert run.returncode == 3
    if not whole_group:  # twice the signal may end Python in its handler
        assert "program exited with status 5" in told
    assert "checked 0 claims" in told


def test_a_json_report_that_cannot_be_written_is_status_2(fake_probe, program):
    path = program("print('ran')")
    missing = kerasan("run", "--python", sys.executable, "--json", "/no/folder/r.json", "--", path)
    assert missing.returncode == 2 and "/no/folder/r.json" in missing.stderr
    assert missing.stdout == ""  # told before the program ran
    full = kerasan("run", "--python", sys.executable, "--json", "/dev/full", "--", path)
    assert full.returncode == 2 and "/dev/full" in full.stderr


def test_a_suppression_without_a_reason_is_an_error(program, tmp_path):
    entries = tmp_path / "kerasan.supp"
    entries.write_text("# mine\nrule=anything\n")
    done = kerasan("run", "--suppress", entries, "--", program("print('ran')"))
    assert done.returncode == 2 and done.stdout == ""
    assert "%s:2" % entries in done.stderr


def test_unused_suppressions_are_named(fake_probe, program, tmp_path):
    entries = tmp_path / "kerasan.supp"
    entries.write_text("rule=anything reason=just in case\n")
    done = kerasan("run", "--python", sys.executable, "--suppress", entries, "--", program("pass"))
    assert "unused suppression %s:1 (just in case)" % entries in done.stderr


def test_a_recorded_trace_is_judged_alike_and_may_be_cut(fake_probe, program, tmp_path):
    trace = tmp_path / "kept.trace"
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    kerasan("run", "--python", sys.executable, "--record", trace, "--json", first, "--",
            program("pass"))
    assert kerasan("check", trace, "--json", again).returncode == 2  # nothing to check in it
    one, two = json.loads(first.read_text()), json.loads(again.read_text())
    assert one["coverage"] == two["coverage"] and one["findings"] == two["findings"]
    assert one["program"] == two["program"] == {"exit": 0, "signal": None}
    with open(trace, "rb") as stream:
        assert "nothing could be checked" in kerasan("check", "-", stdin=stream).stderr

    whole = trace.read_bytes()
    for length in range(0, len(whole), 7):
        trace.write_bytes(whole[:length])
        done = kerasan("check", trace)
        assert done.returncode == 2 and done.stderr
    trace.write_bytes(whole[:-3])
    assert "the trace ends inside a frame" in kerasan("check", trace).stderr
    trace.write_bytes(b"PK\x03\x04" + b"no trace at all" * 10)
    assert kerasan("check", trace).returncode == 2


def test_the_temporary_trace_is_removed(fake_probe, program, tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    kerasan("run", "--python", sys.executable, "--", program("pass"),
            env=dict(os.environ, TMPDIR=str(folder)))
    assert list(folder.iterdir()) == []


def test_a_trace_that_cannot_be_written_is_status_2(program):
    done = kerasan("run", "--record", "/no/folder/t.trace", "--", program("print('ran')"))
    assert done.returncode == 2 and "/no/folder/t.trace" in done.stderr and done.stdout == ""


def loops(seconds):
    """A program that makes one fit of twenty epochs with this time for a step."""
    return """
        import os
        seconds = float(os.environ.get("SECONDS", "%s"))
        for call in range(20):
            where = {"file": __file__, "line": 3, "function": "main"}
            event("call", id=call, api="Model.fit", self="model:1", args={}, where=where)
            event("phase", call=call, phase="train", steps=10, recorded=0, seconds=10 * seconds,
                  processor_seconds=10 * seconds)
            event("return", id=call, result=None, error=None)
        """ % seconds


def test_a_baseline_tells_what_takes_longer(fake_probe, program, tmp_path):
    source, report = program(loops(0.01)), tmp_path / "earlier.json"
    run = ["run", "--python", sys.executable]
    kerasan(*run, "--json", report, "--", source, "--size", 3)
    again = ["--baseline", report, "--", source, "--size", 3]
    same = kerasan(*run, *again)
    assert "slower-than-baseline" not in same.stderr and "2 agree" in same.stderr, same.stderr
    slow = kerasan(*run, *again, env=dict(os.environ, SECONDS="0.03"))
    assert slow.returncode == 1 and "performance-degradation" in slow.stderr, slow.stderr


@pytest.mark.parametrize("text,named", [
    (None, "cannot be read"), ("no json", "no JSON report"), ("[1]", "no JSON report"),
    ('{"performance": {"command": [3], "places": []}}', "no text"),
    ('{"performance": {"command": ["program.py"], "places": [3]}}', "no object"),
    ('{"performance": {"command": ["other.py"], "places": []}}', "another program"),
    ('{"performance": {"command": ["program.py", "-x"], "places": []}}', "another program")])
def test_a_baseline_that_is_none_is_refused(program, tmp_path, text, named):
    report = tmp_path / "earlier.json"
    if text is not None:
        report.write_text(text)
    done = kerasan("run", "--baseline", report, "--", program("print('ran')"))
    assert done.returncode == 2 and done.stdout == "", done
    assert str(report) in done.stderr and named in done.stderr, done.stderr


def test_each_carries_out_command_lines_one_after_another(tmp_path):
    absent = tmp_path / "absent"
    lines = [["--version"], ["check", str(absent)], ["explain", "layer-output"]]
    done = kerasan("each", input="".join(json.dumps(line) + "\n" for line in lines))
    assert done.returncode == 0 and done.stdout.split() == ["0", "2", "0"]
    assert "kerasan 0." in done.stderr and str(absent) in done.stderr
    done = kerasan("each", input='{"no": "array"}\n')
    assert done.returncode == 2 and "not a JSON array" in done.stderr
