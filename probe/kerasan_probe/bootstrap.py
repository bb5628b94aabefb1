"""Starts the recorder and waits for the framework to be imported."""
import atexit
import importlib
import importlib.util
import os
import sys

from kerasan_probe import text
from kerasan_probe.native_text import native
from kerasan_probe.recorder import rec

WATCHED = ("tensorflow", "keras")


class ImportWatcher(object):
    """A finder that lets the others find a watched package and is told when it is loaded."""

    def __init__(self):
        self._searching = False
        self._loading = set()
        self._installed = set()

    def find_spec(self, name, path=None, target=None):
        if self._searching or name not in WATCHED:
            return None
        self._searching = True
        try:
            return rec.safely("find " + name, self._spec, name)  # None: the others find it
        finally:
            self._searching = False

    def _spec(self, name):
        spec = importlib.util.find_spec(name)
        if spec is None or not hasattr(spec.loader, "exec_module"):
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            self._loading.add(name)
            try:
                execute(module)
            finally:
                self._loading.discard(name)
            rec.safely("import " + name, self._loaded)

        spec.loader.exec_module = exec_module
        return spec

    def _loaded(self):
        if self._loading:  # keras imports tensorflow and the reverse: wait for the outer one
            return
        name = adapter_name()
        if name is None or name in self._installed:
            return
        self._installed.add(name)
        with rec.budget.measure():
            importlib.import_module("kerasan_probe.adapters." + name).install()


def version_of(module):
    """(major, minor) of an imported module, or None."""
    parts = str(getattr(module, "__version__", "")).split(".")
    try:
        return int(parts[0]), int(parts[1])
    except (IndexError, ValueError):
        return None


def adapter_name():
    """The adapter for what is imported so far; None while nothing usable is."""
    keras = version_of(sys.modules.get("keras"))
    tensorflow = version_of(sys.modules.get("tensorflow"))
    if keras and keras >= (3, 0):
        return "keras3"
    if tensorflow is None:
        return None
    if tensorflow < (2, 0):
        return "tf1"
    if tensorflow < (2, 2):
        return "keras20"
    if tensorflow < (2, 6):
        return "keras2"
    return "keras2" if keras else None


def start():
    """Opens the trace named by KERASAN_TRACE; without it nothing happens."""
    path = os.environ.get("KERASAN_TRACE")
    if not path or rec.recording:
        return
    rec.start(path)
    rec.safely("text", text.install)
    rec.safely("native text", native.start)
    sys.meta_path.insert(0, ImportWatcher())
    atexit.register(rec.finish)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=rec.after_fork)
