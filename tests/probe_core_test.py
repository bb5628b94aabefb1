"""The probe's core, without a framework: what it records and that it stays out of the way."""
import json
import os
import struct
import subprocess
import sys
import zlib

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def frames(path):
    """Decodes a trace by docs/trace-format.md, independently of the writer."""
    data = open(path, "rb").read()
    assert data[:8] == b"KERASAN\n" and struct.unpack("<I", data[8:12]) == (1,)
    at = 16
    while at < len(data):
        magic, length, kind, flags, stream, crc = struct.unpack("<4sIHHII", data[at:at + 20])
        payload = data[at + 20:at + 20 + length]
        assert magic == b"KFRM" and len(payload) == length
        assert zlib.crc32(payload, zlib.crc32(data[at + 8:at + 16])) == crc
        size = struct.unpack("<I", payload[:4])[0]
        yield kind, stream, json.loads(payload[4:4 + size].decode()), payload[4 + size:]
        at += 20 + length


def run(tmp_path, program, trace=None, **extra):
    source = tmp_path / "program.py"
    source.write_text(program)
    trace = trace or str(tmp_path / "t.ktrace")
    env = dict(os.environ, KERASAN_TRACE=trace)
    env.update(extra)
    env["PYTHONPATH"] = os.pathsep.join([os.path.join(ROOT, "probe", "inject"),
                                         os.path.join(ROOT, "probe"), env.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, str(source)], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=60)
    return done, trace


def events(trace, kind):
    return [e for t, _, e, _ in frames(trace) if t == 1 and e["kind"] == kind]


CALLS = """
import numpy as np
from kerasan_probe.calls import wrap_call
class Thing(object):
    def work(self, a, b=2, **more):
        self.inner(a)
        return a
    def inner(self, a):
        return a
wrap_call(Thing, "work", "Thing.work", self_ref="model")
wrap_call(Thing, "inner", "Thing.inner", self_ref="model")
t = Thing()
t.work(np.arange(3.0), extra=float("nan"))
t.inner(1)
"""


def test_calls_tell_given_from_default_and_name_the_users_line(tmp_path):
    _, trace = run(tmp_path, CALLS)
    calls = events(trace, "call")
    assert [c["api"] for c in calls] == ["Thing.work", "Thing.inner"]
    args = calls[0]["args"]
    assert args["b"] == {"v": 2, "given": False}
    assert args["extra"] == {"v": {"$float": "nan"}, "given": True}
    assert calls[0]["self"] == calls[1]["self"] == "model:1"
    assert calls[0]["where"]["line"] == CALLS.split("\n").index(
        't.work(np.arange(3.0), extra=float("nan"))') + 1
    digest = args["a"]["v"]["$tensor"]
    blobs = [(h, blob) for t, _, h, blob in frames(trace) if t == 2]
    assert [h["digest"] for h, _ in blobs] == [digest]  # used twice, written once
    assert struct.unpack("<3d", blobs[0][1]) == (0.0, 1.0, 2.0)


def test_an_exception_passes_through_and_is_recorded(tmp_path):
    done, trace = run(tmp_path, """
from kerasan_probe.calls import wrap_call
class Thing(object):
    def work(self):
        raise KeyError("mine")
wrap_call(Thing, "work", "Thing.work")
Thing().work()
""")
    assert done.returncode == 1 and "KeyError: 'mine'" in done.stderr
    assert events(trace, "return")[0]["error"] == "KeyError: 'mine'"


def test_text_is_recorded_as_written_and_withheld_text_does_not_appear(tmp_path):
    done, trace = run(tmp_path, """
import sys
from kerasan_probe.recorder import rec
print("shown", end="\\r")
with rec.quiet():
    print("hidden")
sys.stderr.write("err")
""")
    assert done.stdout == "shown\n"  # universal newlines turn \r into \n
    assert "hidden" not in done.stdout
    texts = events(trace, "text")
    assert "".join(t["text"] for t in texts if t["stream"] == "stdout") == "shown\r"
    assert [t["text"] for t in texts if t["stream"] == "stderr"] == ["err"]
    assert {t["origin"] for t in texts} == {"program"}


CONSTRUCTOR = """
import warnings
from kerasan_probe.adapters import constructed
class Thing(object):
    def __init__(self, a=1):
        warnings.warn("mine", stacklevel=2)
    def get_config(self):
        return {}
constructed.observe(Thing)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    Thing(2)
print(told[0].filename == __file__, told[0].lineno)
"""


def test_an_observed_constructor_leaves_a_warning_its_place(tmp_path):
    done, _ = run(tmp_path, CONSTRUCTOR)
    assert done.stdout.split() == ["True", "12"], done.stderr


@pytest.mark.parametrize("hook", ["all", "text", "call Thing.work", "return Thing.work"])
def test_a_fault_in_a_hook_is_recorded_and_the_program_unchanged(tmp_path, hook):
    program = CALLS + "print(t.work(7))\n"
    clean, _ = run(tmp_path, program, str(tmp_path / "a.ktrace"))
    faulty, trace = run(tmp_path, program, str(tmp_path / "b.ktrace"), KERASAN_FAULT=hook)
    assert (faulty.returncode, faulty.stdout) == (clean.returncode, clean.stdout) == (0, "7\n")
    faults = events(trace, "fault")
    assert faults and all("injected fault" in f["error"] for f in faults)


def test_text_that_is_not_utf8_is_recorded_with_a_replacement(tmp_path):
    _, trace = run(tmp_path, "import sys; sys.stderr.write('caf\\u00e9 \\udcff')\n")
    assert [t["text"] for t in events(trace, "text")] == [u"caf\u00e9 ?"]


def test_a_full_disk_stops_the_recording_and_not_the_program(tmp_path):
    done, _ = run(tmp_path, CALLS + "print('done')\n", trace="/dev/full")
    assert done.returncode == 0 and done.stdout == "done\n"
    assert "kerasan: the probe could not start" in done.stderr


def test_ctrl_c_waits_for_the_end_of_the_probes_work(tmp_path):
    done, _ = run(tmp_path, """
import os, signal, sys, time
from kerasan_probe.interrupts import uninterrupted
before = signal.getsignal(signal.SIGINT)
steps = []
try:
    with uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        steps.append("put back")
    steps.append("went on")
    time.sleep(5)
except KeyboardInterrupt:
    print(steps[0], signal.getsignal(signal.SIGINT) is before)
""")
    assert done.stdout == "put back True\n", done.stderr


def test_a_forked_child_has_a_stream_of_its_own(tmp_path):
    _, trace = run(tmp_path, """
import os, sys
child = os.fork()
print("child" if child == 0 else "parent")
sys.stdout.flush()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
""")
    starts = events(trace, "start")
    assert len(starts) == 2 and starts[1]["ppid"] == starts[0]["pid"]
    streams = {stream for _, stream, _, _ in frames(trace)}
    assert streams == {s["pid"] for s in starts}


def test_the_users_own_sitecustomize_still_runs(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 'yes'\n")
    done, _ = run(tmp_path, "print(mine)\n", PYTHONPATH=str(site))
    assert done.stdout == "yes\n"


def test_nothing_is_recorded_without_a_trace(tmp_path):
    done, _ = run(tmp_path, "import sys; print('kerasan_probe.text' in sys.modules, "
                            "type(sys.meta_path[0]).__name__)", trace="", KERASAN_TRACE="")
    assert done.returncode == 0 and "ImportWatcher" not in done.stdout


NATIVE = """
import os
from kerasan_probe.calls import wrap_call
class Thing(object):
    def work(self):
        os.write(2, b"2020-05-01 10:00:00.123456: E tensorflow/core/a.cc:12] a cycle\\nplain text\\n")
wrap_call(Thing, "work", "Thing.work")
os.write(2, b"2020-05-01 10:00:00.123456: I tensorflow/core/b.cc:1] before the call\\n")
Thing().work()
"""


def test_native_log_lines_are_read_where_standard_error_is_a_file(tmp_path):
    source, log = tmp_path / "program.py", tmp_path / "err"
    source.write_text(NATIVE)
    trace = str(tmp_path / "t.ktrace")
    env = dict(os.environ, KERASAN_TRACE=trace, PYTHONPATH=os.pathsep.join(
        [os.path.join(ROOT, "probe", "inject"), os.path.join(ROOT, "probe")]))
    with open(str(log), "wb") as stream:
        subprocess.run([sys.executable, str(source)], env=env, stderr=stream, check=True, timeout=60)
    told = [(e["text"][-8:], e["call"]) for e in events(trace, "text") if e["stream"] == "native"]
    assert told == [("the call", None), (" a cycle", 1)]
    assert log.read_bytes().count(b"\n") == 3
    _, piped = run(tmp_path, NATIVE, str(tmp_path / "piped.ktrace"))
    assert [e["reason"] for e in events(piped, "uncovered")] == ["native text"]
