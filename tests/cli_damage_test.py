"""Damage and interruption at the command line: full disks, kills, Ctrl-C, broken traces, long ones.

Needs no framework. Most programs here are watched by the real probe, which records their text.
"""
import ctypes
import fcntl
import json
import os
import pty
import random
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
from cli_test import KERASAN, ROOT, fake_probe, kerasan, program  # noqa: F401

from conftest import measured

sys.path.insert(0, str(ROOT / "probe"))
from kerasan_probe.writer import TraceWriter  # noqa: E402

# Some megabytes of text for the trace, then a file of its own where temporary files go.
TALKATIVE = """
    import os, sys, tempfile
    for _ in range(400):
        print("x" * 19000)
    with tempfile.NamedTemporaryFile() as own:
        own.write(b"y" * 50000)
        own.flush()
    print("done")
    sys.exit(7)
    """


def on_small_disk(folder, size="3m"):
    """The words before a command that runs it with a full-to-be disk at `folder`, or skips."""
    folder.mkdir()
    words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
             'mount -t tmpfs -o size=%s none "%s" && exec "$@"' % (size, folder), "sh"]
    if subprocess.run(words + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    return words


def reasons(report):
    return [gap["reason"] for gap in json.loads(report.read_text())["coverage"]["not_checked"]]


@pytest.mark.parametrize("kept", [True, False])
def test_a_full_disk_leaves_the_program_its_room(program, tmp_path, kept):  # noqa: F811
    disk, report, copy = tmp_path / "disk", tmp_path / "r.json", tmp_path / "copy.trace"
    before = on_small_disk(disk)
    command = [KERASAN, "run", "--python", sys.executable, "--json", str(report)]
    command += ["--record", str(disk / "t.trace")] if kept else []
    script = '"$@"; s=$?; cp "%s" "%s" 2>/dev/null; exit $s' % (disk / "t.trace", copy)
    done = subprocess.run(before + ["sh", "-c", script, "sh"] + command +
                          ["--", str(program(TALKATIVE))], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=120,
                          env=dict(os.environ, TMPDIR=str(disk)))
    assert done.returncode == 3 and "program exited with status 7" in done.stderr, done.stderr
    assert done.stdout.endswith("x\ndone\n")
    full = "recording stopped: the disk of the trace is nearly full"
    assert full in reasons(report)
    if kept:
        again = kerasan("check", copy, "--json", report)
        assert again.returncode == 2 and "program exited with status 7" in again.stderr
        assert full in reasons(report)


def test_a_limit_of_file_size_stops_only_the_recording(program, tmp_path):  # noqa: F811
    trace = tmp_path / "t.trace"
    done = kerasan("run", "--python", sys.executable, "--record", trace, "--", program(TALKATIVE),
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                         (1 << 20, 1 << 20)))
    assert done.returncode == 3 and done.stdout.endswith("x\ndone\n")
    assert "program exited with status 7" in done.stderr
    assert "recording stopped, the trace cannot be written" in done.stderr
    again = kerasan("check", trace)
    assert again.returncode == 2 and "the trace ends inside a frame" in again.stderr


def test_a_killed_engine_leaves_the_program_and_a_readable_trace(program, tmp_path):  # noqa: F811
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans come to this process
    trace, told = tmp_path / "t.trace", tmp_path / "told"
    path = program("""
        import os, sys, time
        open(%r, "w").write(str(os.getpid()))
        while os.getppid() == int(sys.argv[1] or 0) or not os.path.exists(%r):
            time.sleep(0.02)
        print("after the kill")
        open(%r, "w").write("finished")
        sys.exit(7)
        """ % (str(told), str(tmp_path / "go"), str(tmp_path / "result")))
    engine = subprocess.Popen([KERASAN, "run", "--python", sys.executable, "--record", str(trace),
                               "--", str(path), "0"], stdout=subprocess.DEVNULL)
    deadline = time.time() + 30
    while not (told.exists() and told.read_text()) and time.time() < deadline:
        time.sleep(0.02)
    engine.kill()
    assert engine.wait(10) == -signal.SIGKILL
    (tmp_path / "go").touch()
    _, status = os.waitpid(int(told.read_text()), 0)
    assert os.WEXITSTATUS(status) == 7 and (tmp_path / "result").read_text() == "finished"
    text = kerasan("trace", "to-text", trace)
    assert text.returncode == 0
    assert "after the kill" in text.stdout and '"kind":"end"' in text.stdout
    assert kerasan("check", trace).returncode == 2  # nothing of a framework in it


def on_terminal(command):
    """(pid, terminal) of a command that has a terminal of its own, as in a user's shell."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    return pid, terminal


def read_until(terminal, words, seconds=30):
    """What the terminal shows up to some words; to the end of the output for None."""
    shown, deadline = b"", time.time() + seconds
    while time.time() < deadline and (words is None or words not in shown):
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # Linux: the last user of the terminal has gone
            break
    return shown


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_on_a_terminal(fake_probe, program, tmp_path, times):  # noqa: F811
    trace = tmp_path / "t.trace"
    path = program("""
        import sys, time
        for number in range(%d):
            print("ready", number, flush=True)
            try:
                time.sleep(30)
            except KeyboardInterrupt:
                pass
        sys.exit(6)
        """ % times)
    pid, terminal = on_terminal([KERASAN, "run", "--python", sys.executable, "--record",
                                 str(trace), "--", str(path)])
    for number in range(times):
        assert b"ready" in read_until(terminal, b"ready %d" % number)
        time.sleep(0.3)  # from the word to the sleep
        os.write(terminal, b"\x03")
    shown = read_until(terminal, None).decode()
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.WEXITSTATUS(status) == 3 and "program exited with status 6" in shown, shown
    assert "trace kept in" in shown
    again = kerasan("check", trace)
    assert again.returncode == 2 and "program exited with status 6" in again.stderr


def test_the_steps_and_the_share_of_the_probe_are_told(program, tmp_path, monkeypatch, fake_probe):  # noqa: F811
    report = tmp_path / "r.json"
    path = program("event('end', elapsed=50.0, probe_seconds=1.05, steps_seen=3000, "
                   "steps_recorded=12, exit=None)")
    done = kerasan("run", "--python", sys.executable, "--json", report, "--", path)
    assert "steps recorded 12 of 3000; the probe took 2.1 % of the run" in done.stderr
    coverage = json.loads(report.read_text())["coverage"]
    assert coverage["steps"] == {"seen": 3000, "recorded": 12}
    assert coverage["probe"] == {"seconds": 1.05, "elapsed": 50.0, "share": 0.021}


def test_an_interpreter_that_is_not_used_is_said(program):  # noqa: F811
    done = kerasan("run", "--python", sys.executable, "--", "true")
    assert "--python is not used: true is run as it is" in done.stderr
    assert "is not used" not in kerasan("run", "--python", sys.executable, "--",
                                        program("pass")).stderr


def small_trace(path, count=30):
    writer = TraceWriter(str(path))
    pid = os.getpid()
    writer.frame(1, {"kind": "start", "t": 0.0, "pid": pid, "argv": ["x"], "ppid": 1, "cwd": "/"})
    writer.frame(1, {"kind": "framework", "t": 0.0, "pid": pid, "tensorflow": "9", "keras": "9"})
    for i in range(count):
        writer.frame(2, {"digest": "%032x" % i, "dtype": "float32", "shape": [4]}, os.urandom(16))
        writer.frame(1, {"kind": "text", "t": 1.0, "pid": pid, "stream": "stdout", "text": "%d\n" % i,
                         "call": None, "origin": "program", "where": None})
    return path.read_bytes()


def test_broken_traces_give_an_error_or_a_prefix_and_never_a_crash(tmp_path):
    trace, text = tmp_path / "t.trace", tmp_path / "t.txt"
    whole = small_trace(trace)
    assert kerasan("trace", "to-text", trace, text).returncode == 0
    good_text, draw = text.read_bytes(), random.Random(5)
    for _ in range(60):
        broken = bytearray(whole[:draw.randrange(len(whole))] if draw.random() < 0.3 else whole)
        for _ in range(draw.randrange(1, 20)):
            if broken:
                broken[draw.randrange(len(broken))] = draw.randrange(256)
        trace.write_bytes(broken)
        checked = kerasan("check", trace)
        assert checked.returncode == 2 and checked.stderr.startswith("kerasan: "), checked.stderr
        converted = kerasan("trace", "to-text", trace, text)
        assert converted.returncode in (0, 2)
        if converted.returncode:
            assert str(trace) in converted.stderr
    for _ in range(60):
        broken = bytearray(good_text)
        for _ in range(draw.randrange(1, 5)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        text.write_bytes(broken)
        back = kerasan("trace", "from-text", text, trace)
        assert back.returncode in (0, 2)
        if back.returncode:
            assert "%s: line " % text in back.stderr, back.stderr


@pytest.mark.parametrize("content", [b"", b"KERASAN", b"KERASAN\n\x09\0\0\0\0\0\0\0", b"\0" * 999])
def test_what_is_no_trace_is_named(tmp_path, content):
    path = tmp_path / "odd.trace"
    path.write_bytes(content)
    for command in (("check",), ("trace", "to-text")):
        done = kerasan(*command, path)
        assert done.returncode == 2 and str(path) in done.stderr


# What the engine may hold: itself with its libraries, the largest open frames and caches, and for
# each tensor of the trace its place in the file.
BASE_BYTES, TENSOR_BYTES = 64 << 20, 200


def test_memory_stays_bounded_on_a_long_run(tmp_path):
    trace, tensors = tmp_path / "long.trace", 60000
    write_long_trace(trace, tensors)
    status, told, peak, _ = measured([KERASAN, "check", trace])
    assert status in (0, 2), told
    assert peak < BASE_BYTES + tensors * TENSOR_BYTES, peak
    trace.unlink()


def write_long_trace(path, tensors):
    """About 300,000 events in calls of one epoch, and tensors of 2 KiB."""
    writer, pid = TraceWriter(str(path)), 4242
    event = lambda kind, **f: writer.frame(1, dict(f, kind=kind, t=1.0, pid=pid))  # noqa: E731
    event("start", argv=["x"], cwd="/", python="3", ppid=1, probe="0")
    event("framework", tensorflow="9", keras="9", backend="tensorflow", adapter="keras2",
          eager=True, floatx="float32")
    blob, where = bytearray(2048), {"file": "/x.py", "line": 3, "function": "f"}
    for i in range(tensors):
        struct.pack_into("<Q", blob, 0, i)
        digest = "%032x" % i
        writer.frame(2, {"digest": digest, "dtype": "float32", "shape": [512]}, bytes(blob))
        if i % 10 == 0:
            call = i + 1
            event("call", id=call, parent=None, api="Model.evaluate", self="model:1", where=where,
                  args={"x": {"v": {"$tensor": digest}, "given": True},
                        "steps": {"v": 1, "given": True}})
            for n in range(40):
                event("text", stream="stdout", text="%d/40 - loss: 0.5\r" % (n + 1), call=call,
                      origin="framework", where=where)
            event("step", id=i + 2, call=call, model="model:1", phase="test", index=0, epoch=0,
                  size=4, x={"$tensor": digest}, y={"$tensor": digest}, sample_weight=None,
                  weights={}, weights_after={}, predictions=None, logs={"loss": 0.5},
                  logs_are="running", validation=False, complete=True, losses=None)
            event("phase", call=call, model="model:1", phase="test", validation=False, epoch=0,
                  steps=1, recorded=1, complete=True)
            event("return", id=call, result=0.5, error=None, seconds=0.1, rss=10 ** 9,
                  objects=10 ** 5, traces=1, functions=3)
