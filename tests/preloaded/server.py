"""An interpreter that has imported the framework already and forks for each program.

server.py SOCKET OWNER: started by client.py. Importing TensorFlow takes most of the time of a small
program; here a test run pays it once for each environment. It ends when the process OWNER is gone.
"""
import array
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback

PRELOADED = ["numpy", "tensorflow", "tensorflow.keras.layers", "keras", "keras.layers", "h5py",
             "scipy.sparse", "jax", "jax.numpy", "torch", "hypothesis.strategies"]
NEEDED = {"torch": "KERAS_BACKEND", "jax": "KERAS_BACKEND", "jax.numpy": "KERAS_BACKEND"}


def preload():
    for name in PRELOADED:
        if NEEDED.get(name) and os.environ.get(NEEDED[name], "") not in name.split("."):
            continue
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    if "tensorflow" in sys.modules and "keras" not in sys.modules:
        dir(sys.modules["tensorflow"].keras.layers)  # some releases load it lazily
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()


def receive(connection):
    """The request, and its descriptors under the numbers that the client has them at."""
    size = array.array("i").itemsize
    data, ancillary, _, _ = connection.recvmsg(1 << 20, socket.CMSG_SPACE(64 * size))
    received = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            received.frombytes(payload[:len(payload) - len(payload) % size])
    while not data.endswith(b"\n"):
        more = connection.recv(1 << 20)
        if not more:
            raise EOFError("the client is gone")
        data += more
    return json.loads(data.decode()), list(received)


def take_over(request, received):
    """Makes this fork what the client is: descriptors, folder, environment, arguments."""
    parked = [os.dup(fd) if fd in request["fds"] else fd for fd in received]
    spare = max([64] + request["fds"]) + 1
    parked = [_moved(fd, spare + i) for i, fd in enumerate(parked)]
    for fd, number in zip(parked, request["fds"]):
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv[:] = request["argv"]
    for name in ("stdin", "stdout", "stderr"):  # as buffered as the interpreter would have them
        number = ("stdin", "stdout", "stderr").index(name)
        mode = "r" if number == 0 else "w"
        buffering = 1 if number == 2 or os.isatty(number) else -1
        setattr(sys, name, os.fdopen(number, mode, buffering, closefd=False))
        setattr(sys, "__%s__" % name, getattr(sys, name))


def _moved(fd, number):
    os.dup2(fd, number, inheritable=False)
    os.close(fd)
    return number


def start_as_python_would(python_path):
    """What an interpreter does before the program: PYTHONPATH and its sitecustomize."""
    places = [place for place in python_path.split(os.pathsep) if place]
    sys.path[:] = places + sys.path[1:]
    if any(os.path.exists(os.path.join(place, "sitecustomize.py")) for place in places):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")
    for finder in sys.meta_path:  # the probe waits for an import that has been made already
        if type(finder).__name__ == "ImportWatcher":
            recorder = sys.modules["kerasan_probe.recorder"].rec
            recorder.safely("import tensorflow", finder._loaded)


def run(request):
    """The program as __main__; returns its exit status."""
    start_as_python_would(request["env"].get("PYTHONPATH", ""))
    try:
        if sys.argv[0] == "-m":
            name = sys.argv[1]
            del sys.argv[0]
            sys.path.insert(0, os.getcwd())
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, os.path.dirname(os.path.realpath(sys.argv[0])))
            runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write("%s\n" % (end.code,))
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def gone(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return True
    return False


def serve(listener, owner):
    """Forks for each client; in a fork, returns its request. None: the owner has gone."""
    clients = {}
    while clients or not gone(owner):
        pause = 0.02 if clients else 1
        ready, _, _ = select.select([listener] + list(clients.values()), [], [], pause)
        for connection in ready:
            if connection is not listener:  # it speaks once; now it has hung up
                pid = next(pid for pid, client in clients.items() if client is connection)
                connection.close()
                del clients[pid]
                os.kill(pid, signal.SIGKILL)
                continue
            connection, _ = listener.accept()
            try:
                request, received = receive(connection)
            except (EOFError, OSError):
                connection.close()
                continue
            pid = os.fork()
            if pid == 0:
                for other in [listener, connection] + list(clients.values()):
                    other.close()
                take_over(request, received)
                return request
            for fd in received:
                os.close(fd)
            clients[pid] = connection
            connection.send(b"%d\n" % pid)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in clients:
                try:
                    clients[pid].send(b"%d\n" % status)
                except OSError:
                    pass
                clients.pop(pid).close()
    return None


def main():
    where, owner = sys.argv[1], int(sys.argv[2])
    preload()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(where + ".new")
    listener.listen(16)
    os.rename(where + ".new", where)
    request = serve(listener, owner)
    if request is None:
        os.unlink(where)
        return 0
    return run(request)


if __name__ == "__main__":
    sys.exit(main())
