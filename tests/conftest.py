"""What the program tests share: where things are, and one watched run."""
import atexit
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERASAN = ROOT / "build" / "kerasan"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
ENVS = pathlib.Path(os.environ.get("KERASAN_ENVS") or CACHE / "kerasan" / "envs")
QUICK = os.environ.get("KERASAN_QUICK") == "1"

# A shell that starts the tests in the background has it ignored, and programs would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Watched:
    """A finished `kerasan run`: its exit status, output and JSON report (None if unwritten)."""

    def __init__(self, status, output, report):
        self.status, self.output, self.report = status, output, report

    def scenarios(self):
        return [finding["scenario"] for finding in self.report["findings"]]

    def told(self):
        """For assertion messages."""
        findings = (self.report or {}).get("findings", [])
        rules = ["%s: %s" % (f["rule"], f["message"]) for f in findings]
        return "status %d\n%s\n%s" % (self.status, "\n".join(rules), self.output[-3000:])


# Where the preloaded interpreters of this test run are, and the process that they end with.
if "KERASAN_PRELOADED" not in os.environ:  # the workers of a parallel run inherit it
    os.environ["KERASAN_PRELOADED"] = "%s %d" % (tempfile.mkdtemp(prefix="kerasan"), os.getpid())
    atexit.register(shutil.rmtree, os.environ["KERASAN_PRELOADED"].split()[0], True)


def python_of(env):
    """The interpreter itself."""
    return str(ENVS / env / "bin" / "python")


def preloaded_python_of(env):
    """An executable that does as the interpreter does, with the framework imported already."""
    folder, owner = os.environ["KERASAN_PRELOADED"].split()
    python = os.path.join(folder, env)
    if not os.path.exists(python):
        fresh = "%s.%d" % (python, os.getpid())
        client = ROOT / "tests" / "preloaded" / "client.py"
        with open(fresh, "w") as stream:
            stream.write("#!/bin/sh\nexec /usr/bin/python3 -IS '%s' '%s' '%s' %s \"$@\"\n"
                         % (client, python_of(env), folder, owner))
        os.chmod(fresh, 0o755)
        os.rename(fresh, python)
    return python


MEASURE = """
import json, os, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stderr.decode(), used.ru_maxrss * 1024,
                  used.ru_utime + used.ru_stime]))
"""


def measured(command):
    """(exit status, standard error, peak bytes, processor seconds) of a command.

    A process counts the size of what it was forked from as its own peak: a small interpreter starts
    it, not the tests' own process, which grows.
    """
    done = subprocess.run([sys.executable, "-c", MEASURE] + [str(one) for one in command],
                          stdout=subprocess.PIPE, check=True, universal_newlines=True)
    return tuple(json.loads(done.stdout))


def quiet_environment(extra=None):
    return dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", **(extra or {}))


def run_watched(env, program, folder, options=(), extra=None, timeout=240, arguments=(),
                python=preloaded_python_of):
    target = pathlib.Path(folder) / "report.json"
    command = [str(KERASAN), "run", "--python", python(env), "--json", str(target)]
    command += list(options) + ["--", str(program)] + list(arguments)
    done = subprocess.run(
        command,
        cwd=str(folder),
        env=quiet_environment(extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
    )
    report = json.loads(target.read_text()) if target.exists() else None
    return Watched(done.returncode, done.stdout.decode(errors="replace"), report)


def run_bare(env, program, folder, extra=None, timeout=240, arguments=(),
             python=preloaded_python_of):
    done = subprocess.run(
        [python(env), str(program)] + list(arguments),
        cwd=str(folder),
        env=quiet_environment(extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
    )
    return done.returncode, done.stdout.decode(errors="replace")


@pytest.fixture
def watched(tmp_path):
    """watched(env, program, ...) in a fresh folder."""

    def run(env, program, **options):
        return run_watched(env, program, tmp_path, **options)

    return run
