"""Watching changes nothing: weights and logs are bit-identical, whatever fails or is killed."""
import ctypes
import json
import os
import re
import signal
import subprocess
import time

import pytest

from conftest import KERASAN, ROOT, python_of, quiet_environment, run_bare, run_watched

CORPUS = ROOT / "tests" / "corpus"
ENVS = ["keras3", "tf-2.15.0", "tf-2.4.0"]
# These write a digest of their weights and logs to $DIGEST_FILE.
PROGRAMS = [
    "sequential", "functional", "subclassed", "custom_loop_eager", "stateful_rnn",
    "conv_batchnorm", "dropout_noise", "generator", "random_layers",
]


def digests(folder):
    written = {program: folder / (program + ".txt") for program in PROGRAMS}
    return {program: path.read_text() for program, path in written.items() if path.exists()}


@pytest.mark.parametrize("env", ENVS)
def test_weights_and_logs_are_identical(env, tmp_path):
    """One process for these programs, and a budget that lets nearly every step be recorded."""
    for name in ("bare", "watched"):
        (tmp_path / name).mkdir()
    program = CORPUS / "all_digests.py"
    status, output = run_bare(env, program, tmp_path, None, 900,
                              [str(tmp_path / "bare")] + PROGRAMS, python_of)
    assert status == 0, output[-3000:]
    run = run_watched(env, program, tmp_path, ["--budget", "100"], None, 900,
                      [str(tmp_path / "watched")] + PROGRAMS, python_of)
    bare, watched = digests(tmp_path / "bare"), digests(tmp_path / "watched")
    assert sorted(bare) == sorted(PROGRAMS)
    assert watched == bare, run.told()
    coverage = run.report["coverage"]
    assert run.report["program"]["exit"] == 0 and coverage["checked"] > 500, run.told()
    assert coverage["steps"]["recorded"] > coverage["steps"]["seen"] / 4, coverage["steps"]


# -- faults ------------------------------------------------------------------------------------
NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
DAY = int(os.environ.get("KERASAN_DAY", time.time() // 86400))
PARTS = ["batches", "files", "loops", "fit"]
# Hooks that do their work before a fault may strike: a fault at their end as well.
WORKING = re.compile("step|batch$|re-run|application|optimizer state|apply|function|update|graph|"
                     "before|after|phase|model graph|compile info|text")


def forked(env, folder, wanted, timeout=1500):
    """{number: (exit status, text)} of tests/corpus/every_hook.py."""
    environment = quiet_environment({"PYTHONPATH": str(ROOT / "probe")})
    done = subprocess.run(
        [python_of(env), str(CORPUS / "every_hook.py"), str(folder)] + wanted, timeout=timeout,
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(lines) == len(wanted), done.stderr[-2000:]
    return {int(n): (int(status), (folder / (n + ".out")).read_text()) for n, status in lines}


# Older releases warn of their own internals and build layers from no shape: true, whatever the
# probe does.
TRUE_OF_OLDER = ("own-deprecation", "build-gets-shape")


def told_reasons(trace, folder):
    report = folder / "check.json"
    done = subprocess.run([str(KERASAN), "check", str(trace), "--json", str(report)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told = json.loads(report.read_text())
    false_alarms = [f for f in told["findings"] if f["rule"] not in TRUE_OF_OLDER]
    assert done.returncode in (0, 1, 2) and not false_alarms, done.stderr.decode()
    return [gap["reason"] for gap in told["coverage"]["not_checked"]]


def hooks_met(trace):
    text = subprocess.run([str(KERASAN), "trace", "to-text", str(trace)], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    events = [json.loads(line).get("event", {}) for line in text.splitlines()]
    assert not [e for e in events if e.get("kind") == "fault"]
    return next(e["hooks"] for e in events if e.get("kind") == "end")


def assert_survived(env, folder, cases, bare):
    """Each (part, hook): the text and status of the part alone, and the fault in the coverage."""
    folder.mkdir()
    runs = forked(env, folder, ["%s:%s" % case for case in cases])
    bad = []
    for number, (part, hook) in enumerate(cases):
        if runs[number] != bare[part]:
            bad.append((part, hook, runs[number][0], runs[number][1][-500:]))
        name = hook.partition("@")[0]
        names = "" if name in ("all", "running") else name + ":"
        told = told_reasons(folder / ("%d.trace" % number), folder)
        if not any(reason.startswith("fault of the probe in " + names) for reason in told):
            bad.append((part, hook, "not told", told))
    assert not bad, bad


def met_and_bare(env, folder, parts=PARTS):
    """The hooks that each part meets, and what each part does unwatched."""
    folder.mkdir()
    runs = forked(env, folder, parts + [part + ":none" for part in parts])
    bare = {part: runs[i] for i, part in enumerate(parts)}
    met = {}
    for i, part in enumerate(parts):
        assert runs[len(parts) + i] == bare[part] and bare[part][0] == 7, runs[len(parts) + i]
        met[part] = hooks_met(folder / ("%d.trace" % (len(parts) + i)))
    return met, bare


def cases_of(met, left_out=None, at_end=WORKING):
    """Every hook once, where it matters: a method is wrapped in vain in a part that calls it."""
    cases = []
    for hook in sorted(set(sum(met.values(), []))):
        if left_out and left_out.match(hook):
            continue
        parts = [part for part in met if hook in met[part]]
        called = [part for part in parts if "call Model." + hook[5:] in met[part]]
        cases.append(((called or parts)[0], hook))
        if at_end.search(hook) and not hook.startswith(("wrap", "counter")):
            cases.append(((called or parts)[0], hook + "@end"))
    return cases


def of_today(cases):
    """All of them at night; else a third, another one each day."""
    return cases if NIGHTLY else cases[DAY % 3::3]


@pytest.mark.parametrize("env", ENVS)
def test_faults_in_all_hooks_at_once(env, tmp_path):
    (tmp_path / "bare").mkdir()
    runs = forked(env, tmp_path / "bare", PARTS)
    bare = {part: runs[number] for number, part in enumerate(PARTS)}
    assert all(status == 7 for status, _ in bare.values()), bare
    cases = [(part, hook) for part in PARTS for hook in ("running", "all@end")]
    assert_survived(env, tmp_path / "faults", cases + [("batches", "all")], bare)


def test_a_fault_in_each_hook_alone(tmp_path):
    met, bare = met_and_bare("tf-2.4.0", tmp_path / "first")
    cases = cases_of(met)
    for name in ("text", "import tensorflow", "step", "step before@end", "batch", "re-run",
                 "optimizer state", "application", "apply gradients", "function before",
                 "graph after", "phase", "call load_model", "wrap fit", "counter objects"):
        assert name in [hook for _, hook in cases], name
    assert_survived("tf-2.4.0", tmp_path / "faults", of_today(cases), bare)


# What all adapters have in common is made to fail above.
COMMON = re.compile("(call|return|before|after|counter) |wrap [A-Z]|wrap (load|save|train|test|summary|"
                    "compile$|fit|evaluate|predict)")


@pytest.mark.parametrize("env", ["tf-1.15.0", "tf-2.0.0"])
def test_a_fault_in_each_hook_of_older_adapters(env, tmp_path):
    met, bare = met_and_bare(env, tmp_path / "first", ["batches", "files", "fit"])
    cases = cases_of(met, COMMON, re.compile("step|batch$|re-run|phase"))
    assert len(cases) > 25, cases
    assert_survived(env, tmp_path / "faults", of_today(cases), bare)


@pytest.mark.parametrize("hook", ["find tensorflow", "import tensorflow"])
def test_a_fault_on_import_is_survived_and_told(hook, tmp_path):
    """The way a user's program goes, from the start of Python on."""
    target = tmp_path / "bare.txt"
    program = CORPUS / "healthy" / "sequential.py"
    status, output = run_bare("tf-2.4.0", program, tmp_path, {"DIGEST_FILE": str(target)},
                              python=python_of)
    assert status == 0, output
    watched = tmp_path / "watched.txt"
    run = run_watched("tf-2.4.0", program, tmp_path,
                      extra={"DIGEST_FILE": str(watched), "KERASAN_FAULT": hook}, python=python_of)
    assert watched.read_text() == target.read_text(), run.told()
    reasons = [entry["reason"] for entry in run.report["coverage"]["not_checked"]]
    assert any("fault of the probe in " + hook in reason for reason in reasons), run.told()


# -- kills and full disks ------------------------------------------------------------------------
TRAINS = """
import hashlib, os, sys, tempfile, time
import numpy as np
import tensorflow as tf
from tensorflow import keras
np.random.seed(1)
tf.random.set_seed(1)
x = np.random.rand(256, 300).astype("float32")
y = x.sum(1, keepdims=True)
model = keras.Sequential([keras.Input((300,)), keras.layers.Dense(300, activation="tanh"),
                          keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=64, epochs=2, verbose=0)
print("READY", os.getpid(), flush=True)
%s
model.fit(x, y, batch_size=64, epochs=2, verbose=0)
@tf.function
def again(x):  # autograph writes a file where temporary files go
    if tf.reduce_sum(x) > 0:
        return x + 1
    return x
again(tf.constant(1.0))
weights = [w.tobytes() for w in model.get_weights()]
print("DIGEST", hashlib.sha256(b"".join(weights)).hexdigest(), flush=True)
sys.exit(7)
"""
WAIT = "while not os.path.exists(%r): time.sleep(0.05)"


@pytest.fixture(scope="module")
def unwatched(tmp_path_factory):
    """What the training program prints by itself."""
    folder = tmp_path_factory.mktemp("unwatched")
    status, output = run_bare("tf-2.4.0", training(folder), folder, python=python_of)
    assert status == 7, output
    return output


def digest_line(text):
    return [line for line in text.splitlines() if line.startswith("DIGEST")]


def training(tmp_path, between=""):
    program = tmp_path / "program.py"
    program.write_text(TRAINS % between)
    return program


def checked(trace):
    done = subprocess.run([str(KERASAN), "check", str(trace)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    assert done.returncode == 0 and "no silent bug found" in done.stdout, done.stdout
    return done.stdout


def test_a_killed_program_leaves_a_readable_trace_and_its_status(tmp_path):
    program = training(tmp_path, "os.kill(os.getpid(), 9)")
    trace = tmp_path / "trace.krt"
    run = run_watched("tf-2.4.0", program, tmp_path, ["--record", str(trace)], python=python_of)
    assert run.status == 3, run.told()
    assert run.report["program"] == {"exit": None, "signal": signal.SIGKILL}, run.told()
    assert run.report["coverage"]["checked"] > 0
    told = checked(trace)
    assert "program was killed by signal 9" in told and "the recording has no end" in told


@pytest.mark.parametrize("kept", [True, False])
def test_a_killed_engine_leaves_the_program_as_it_was(kept, unwatched, tmp_path):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans come to this process
    trace, go = tmp_path / "t", tmp_path / "go"
    program = training(tmp_path, WAIT % str(go))
    keep = ["--record", str(trace)] if kept else []
    log = tmp_path / "log"
    with open(str(log), "w") as stream:
        engine = subprocess.Popen([str(KERASAN), "run", "--python", python_of("tf-2.4.0")] + keep +
                                  ["--", str(program)], stdout=stream, stderr=subprocess.STDOUT,
                                  env=quiet_environment({"TMPDIR": str(tmp_path)}))
    ready = wait_for_line(log, "READY")
    engine.kill()
    engine.wait(10)
    go.touch()
    _, status = os.waitpid(int(ready.split()[1]), 0)
    assert os.WEXITSTATUS(status) == 7
    assert digest_line(log.read_text()) == digest_line(unwatched) != []
    if kept:
        assert "the recording has no end" not in checked(trace)


def wait_for_line(log, start, seconds=180):
    deadline = time.time() + seconds
    while time.time() < deadline:
        lines = [line for line in log.read_text().splitlines() if line.startswith(start)]
        if lines:
            return lines[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("kept", [True, False])
def test_a_full_disk_leaves_the_program_its_temporary_files(kept, unwatched, tmp_path):
    disk, report, trace = tmp_path / "disk", tmp_path / "r.json", tmp_path / "t"
    disk.mkdir()
    words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
             'mount -t tmpfs -o size=3m none "%s" && "$@"; s=$?; cp "%s" "%s" 2>/dev/null; exit $s'
             % (disk, disk / "t", trace), "sh"]
    if subprocess.run(words + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    keep = ["--record", str(disk / "t")] if kept else []
    done = subprocess.run(words + [str(KERASAN), "run", "--python", python_of("tf-2.4.0"), "--json",
                                   str(report)] + keep + ["--", str(training(tmp_path))],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240,
                          env=quiet_environment({"TMPDIR": str(disk)}), universal_newlines=True)
    assert done.returncode == 3, done.stdout
    assert "program exited with status 7" in done.stdout
    assert digest_line(done.stdout) == digest_line(unwatched) != []
    assert "AutoGraph could not transform" not in done.stdout
    told = [gap["reason"] for gap in json.loads(report.read_text())["coverage"]["not_checked"]]
    assert "recording stopped: the disk of the trace is nearly full" in told, told
    if kept:
        assert "program exited with status 7" in checked(trace)


def test_ctrl_c_while_training(tmp_path):
    """Ctrl-C reaches the program; Kerasan reports what it saw, and the program's own end."""
    program = training(tmp_path, "model.fit(x, y, epochs=10000, verbose=0)")
    trace, log = tmp_path / "t", tmp_path / "log"
    with open(str(log), "w") as stream:
        engine = subprocess.Popen(
            [str(KERASAN), "run", "--python", python_of("tf-2.4.0"), "--record", str(trace), "--",
             str(program)], stdout=stream, stderr=subprocess.STDOUT, env=quiet_environment())
    wait_for_line(log, "READY")
    time.sleep(1)
    engine.send_signal(signal.SIGINT)
    assert engine.wait(60) == 3
    told = log.read_text()
    end = "program (exited with status 1|was killed by signal 2)"  # by the version of Python
    assert "KeyboardInterrupt" in told and re.search(end, told), told
    assert "no silent bug found" in told and "trace kept in" in told
    assert re.search(end, checked(trace))
