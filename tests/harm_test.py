"""Watching changes nothing: weights and logs are bit-identical, whatever fails in the probe."""
import os
import signal
import subprocess
import time

import pytest

from conftest import KERASAN, QUICK, ROOT, python_of, quiet_environment, run_bare, run_watched

HEALTHY = ROOT / "tests" / "corpus" / "healthy"
ENVS = ["keras3", "tf-2.15.0", "tf-2.4.0"]
# These write a digest of their weights and logs to $DIGEST_FILE.
PROGRAMS = [
    "sequential", "functional", "subclassed", "custom_loop_eager", "stateful_rnn",
    "conv_batchnorm", "dropout_noise", "generator",
]
PAIRS = [(p, e) for i, p in enumerate(PROGRAMS) for j, e in enumerate(ENVS)
         if not QUICK or i % 3 == j]
RUN_SEQUENTIAL = "import sys\nsys.path.insert(0, %r)\nimport sequential\n" % str(HEALTHY)


def digest(path):
    assert path.exists(), "the program wrote no digest"
    return path.read_text()


def bare_digest(program, env, folder):
    target = folder / "bare.txt"
    where = {"DIGEST_FILE": str(target)}
    status, output = run_bare(env, HEALTHY / (program + ".py"), folder, where)
    assert status == 0, output
    return digest(target)


def watched_digest(program, env, folder, extra=None):
    target = folder / "watched.txt"
    run = run_watched(env, HEALTHY / (program + ".py"), folder,
                      extra=dict(extra or {}, DIGEST_FILE=str(target)))
    return digest(target), run


@pytest.mark.parametrize("program,env", PAIRS)
def test_weights_and_logs_are_identical(program, env, tmp_path):
    bare = bare_digest(program, env, tmp_path)
    watched, run = watched_digest(program, env, tmp_path)
    assert watched == bare, run.told()


@pytest.mark.parametrize("hooks", ["all", "running"])
@pytest.mark.parametrize("env", ENVS)
def test_a_fault_in_every_hook_is_survived_and_told(env, hooks, tmp_path):
    bare = bare_digest("functional", env, tmp_path)
    watched, run = watched_digest("functional", env, tmp_path, {"KERASAN_FAULT": hooks})
    assert watched == bare, run.told()
    reasons = [entry["reason"] for entry in run.report["coverage"]["not_checked"]]
    assert any("fault of the probe" in reason for reason in reasons), run.told()


def test_a_killed_program_leaves_a_readable_trace_and_its_status(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        RUN_SEQUENTIAL + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    trace = tmp_path / "trace.krt"
    run = run_watched("keras3", program, tmp_path, ["--record", str(trace)])
    assert run.status in (1, 3), run.told()
    assert run.report["program"]["exit"] in (-signal.SIGKILL, 128 + signal.SIGKILL), run.told()
    check = subprocess.run([str(KERASAN), "check", str(trace)], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
    assert check.returncode in (0, 1), check.stdout.decode()


def test_interrupted_run_ends_soon(tmp_path):
    """Ctrl-C reaches the program; Kerasan reports what it saw and ends."""
    program = tmp_path / "program.py"
    program.write_text(
        RUN_SEQUENTIAL + "import time\nprint('READY', flush=True)\ntime.sleep(120)\n"
    )
    process = subprocess.Popen(
        [str(KERASAN), "run", "--python", python_of("keras3"), "--", str(program)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=quiet_environment(),
        start_new_session=True)
    for line in process.stdout:
        if b"READY" in line:
            break
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    rest = process.communicate(timeout=60)[0].decode(errors="replace")
    assert process.returncode in (1, 3, 130, -signal.SIGINT), rest
    assert rest.strip(), "nothing was said"
