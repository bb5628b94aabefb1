"""Stands for the interpreter of an environment: client.py PYTHON FOLDER OWNER PROGRAM [ARGS...].

Hands the program to the server of that interpreter (server.py), which it starts if need be, with its
own descriptors, folder and environment, and ends as the program ends.
"""
import array
import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

# Read by the framework as it is imported: each value has a server of its own.
AT_IMPORT = ("KERAS_BACKEND", "TF_USE_LEGACY_KERAS", "TF_ENABLE_ONEDNN_OPTS", "KERAS_HOME")


def connect(where, seconds=120):
    end = time.monotonic() + seconds
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(where)
            return connection
        except OSError:
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def start_server(python, where, owner):
    """Once, whoever comes first."""
    with open(where + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(where):
            return
        clean = {name: value for name, value in os.environ.items()
                 if not name.startswith(("KERASAN_", "PYTHON"))}
        with open(where + ".log", "wb") as log:
            subprocess.Popen([python, os.path.join(os.path.dirname(__file__), "server.py"), where,
                              owner], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                             env=clean, close_fds=True, start_new_session=True)
        while not os.path.exists(where):
            time.sleep(0.02)


def open_descriptors():
    numbers = [int(name) for name in os.listdir("/proc/self/fd")]
    return [fd for fd in sorted(numbers) if os.path.exists("/proc/self/fd/%d" % fd)]


def line(connection, buffered):
    while b"\n" not in buffered[0]:
        data = connection.recv(4096)
        if not data:
            return None
        buffered[0] += data
    text, _, buffered[0] = buffered[0].partition(b"\n")
    return int(text)


def main():
    python, folder, owner = sys.argv[1:4]
    program = sys.argv[4:]
    if not program or program[0].startswith("-") and program[0] != "-m":
        os.execv(python, [python] + program)
    fds = open_descriptors()
    key = json.dumps([python] + [os.environ.get(name) for name in AT_IMPORT])
    where = os.path.join(folder, hashlib.sha256(key.encode()).hexdigest()[:12])
    start_server(python, where, owner)
    connection = connect(where)
    request = {"argv": program, "cwd": os.getcwd(), "env": dict(os.environ), "fds": fds}
    connection.sendmsg([json.dumps(request).encode() + b"\n"],
                       [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
    buffered = [b""]
    pid = line(connection, buffered)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _frame: os.kill(pid, caught))
    status = line(connection, buffered)
    if status is None:
        sys.exit("the server of %s has gone; see %s.log" % (python, where))
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL) if os.WTERMSIG(status) != 9 else None
        os.kill(os.getpid(), os.WTERMSIG(status))
    sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
