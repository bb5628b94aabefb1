"""The recorder: one for each process, shared by all hooks."""
import hashlib
import json
import os
import sys
import threading
import time
import traceback
import weakref

from kerasan_probe import __version__
from kerasan_probe.budget import Budget
from kerasan_probe.writer import EVENT, TENSOR, TraceWriter

# The part that one process may add to the trace.
MAX_TRACE_BYTES = 4 << 30
VERIFIER_IDS = 1 << 30
# Small events that say what became of the recording; the room kept free has place for them.
LAST_WORDS = ("start", "end", "uncovered", "fault")
# What the precision of products takes part in.
CALCULATED = ("application", "graph_value", "step", "update")


class Unsupported(Exception):
    """What cannot be recorded, by name: no fault."""


class _Quiet(object):
    """While entered, nothing of this thread is recorded; ``withhold`` also swallows its text."""

    def __init__(self, local, withhold):
        self._local = local
        self._withhold = withhold

    def __enter__(self):
        self._local.quiet = getattr(self._local, "quiet", 0) + 1
        self._local.withhold = getattr(self._local, "withhold", 0) + int(self._withhold)
        return self

    def __exit__(self, *_):
        self._local.quiet -= 1
        self._local.withhold -= int(self._withhold)
        return False


class Recorder(object):
    """Writes events and tensors. No method raises because of the trace."""

    def __init__(self):
        self.recording = False
        self.stopped = False  # the trace takes no more than the end
        self.budget = Budget(float(os.environ.get("KERASAN_BUDGET", "3")) / 100)
        self.rerun = os.environ.get("KERASAN_RERUN", "1") != "0"
        self.local = threading.local()
        self.graph_size = lambda: None  # operations in the graph that models are kept in
        self.counters = {}  # name -> function giving a number, read at every return
        self.arithmetic = None  # tells how the framework calculates, where that is known
        self.steps_seen = 0
        self.steps_recorded = 0
        self.fault_count = 0
        self._hooks = set()  # names met, kept only while faults are asked for
        self._fail_at = os.environ.get("KERASAN_FAULT", "")
        self._lock = threading.RLock()
        self._writer = None
        self._encoder = None
        self._digests = set()
        self._refs = {}
        # {"pid", "save"}: this process loads what that one saved. Its ids are none of the other's.
        self._task = json.loads(os.environ.get("KERASAN_VERIFIES", "null"))
        self._first = VERIFIER_IDS if self._task else 0
        self._next = {}
        self._faults = {}
        self._uncovered = {}
        self._began = time.perf_counter()
        self._pid = None

    # -- life -------------------------------------------------------------------------------
    def start(self, path):
        self._writer = TraceWriter(path)
        self._pid = os.getpid()
        self.recording = True
        self._emit_start()

    def _emit_start(self):
        more = {"verifies": self._task} if self._task else {}
        self.emit("start", argv=list(getattr(sys, "argv", [])), cwd=os.getcwd(),
                  python=sys.version.split()[0], executable=sys.executable, ppid=os.getppid(),
                  probe=__version__, **more)

    def after_fork(self):
        """A forked child is a stream of its own; ids go on, so they stay unique in it."""
        if self.recording:
            self._lock = threading.RLock()
            self._pid = os.getpid()
            self.steps_seen = self.steps_recorded = 0
            self._emit_start()

    def finish(self):
        if self.recording or self.stopped:
            self.recording, self.stopped = True, False
            hooks = {"hooks": sorted(self._hooks)} if self._fail_at else {}
            self.emit("end", elapsed=self.now(), probe_seconds=self.budget.spent,
                      steps_seen=self.steps_seen, steps_recorded=self.steps_recorded, exit=None,
                      main_name=main_name(), **hooks)

    def now(self):
        return time.perf_counter() - self._began

    # -- what hooks use -----------------------------------------------------------------------
    def emit(*args, **fields):  # fields may be called "self"
        self, kind = args
        if not self.recording:
            return
        if os.getpid() != self._pid:  # Python 3.6 has no fork hook
            self.after_fork()
        if self.arithmetic is not None and kind in CALCULATED:
            self.safely("arithmetic", self.arithmetic)
        event = {"kind": kind, "t": round(self.now(), 6), "pid": os.getpid()}
        event.update(fields)
        self._write(EVENT, event, b"")

    def tensor(self, array):
        """Records a NumPy array once; returns its reference."""
        import numpy as np
        array = np.asarray(array)  # ascontiguousarray would make a scalar one-dimensional
        blob = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        shape = [int(d) for d in array.shape]
        digest = digest_of(array.dtype.name, shape, blob)
        with self._lock:
            new = digest not in self._digests
            self._digests.add(digest)
        if new and self.recording:
            self._write(TENSOR, {"digest": digest, "dtype": array.dtype.name, "shape": shape}, blob)
        return {"$tensor": digest}

    @property
    def encoder(self):
        if self._encoder is None:
            from kerasan_probe.encode import Encoder
            self._encoder = Encoder(self.tensor)
        return self._encoder

    def value(self, obj, arrays=False):
        """JSON for any value; ``arrays`` records arrays of any size."""
        return self.encoder.value(obj, arrays)

    def add_encoder(self, converter):
        self.encoder.add(converter)

    def ref(self, prefix, obj):
        """A stable name such as "model:1" for an object, while it lives."""
        key = (prefix, id(obj))
        with self._lock:
            held = self._refs.get(key)
            if held is not None and held[1]() is obj:
                return held[0]
            self._next[prefix] = self._next.get(prefix, self._first) + 1
            name = "%s:%d" % (prefix, self._next[prefix])
            try:
                alive = weakref.ref(obj)
            except TypeError:  # no weak references: keep it, so that its id stays its own
                alive = (lambda kept: lambda: kept)(obj)
            self._refs[key] = (name, alive)
            return name

    def current_call(self):
        stack = getattr(self.local, "calls", None)
        return stack[-1] if stack else None

    def next_id(self):
        with self._lock:
            self._next["call"] = self._next.get("call", self._first) + 1
            return self._next["call"]

    def is_quiet(self):
        return not self.recording or getattr(self.local, "quiet", 0) > 0

    def quiet(self, withhold=True):
        return _Quiet(self.local, withhold)

    def _fails(self, hook):
        """For the tests: KERASAN_FAULT is "all", the name of a hook, or "running": all but those
        that install the others, so that the others are reached. "HOOK@end" fails after its work.
        With any value the `end` event names the hooks that were met."""
        self._hooks.add(hook.partition("@")[0])
        if self._fail_at == "running":
            return not hook.startswith(("find ", "import ", "wrap "))
        if self._fail_at == "all@end":
            return hook.endswith("@end")
        return self._fail_at in ("all", hook)

    def safely(self, hook, function, *args, **kwargs):
        """Runs a hook: an exception in it is recorded and None is returned."""
        try:
            if self._fail_at and self._fails(hook):
                raise RuntimeError("injected fault")
            result = function(*args, **kwargs)
            if self._fail_at and self._fails(hook + "@end"):
                raise RuntimeError("injected fault")
            return result
        except Exception:
            self.fault(hook)
            return None

    def fault(self, hook):
        """Records the exception in flight; each kind at one hook is told at most 5 times."""
        if isinstance(sys.exc_info()[1], Unsupported):
            return self.uncovered("not recorded", str(sys.exc_info()[1]))
        self.fault_count += 1
        try:
            kind, error, trace = sys.exc_info()
            key = (hook, kind)
            self._faults[key] = self._faults.get(key, 0) + 1
            if self._faults[key] <= 5:
                frames = traceback.extract_tb(trace)[-4:]
                at = ["%s:%d" % (os.path.basename(f[0]), f[1]) for f in frames]
                self.emit("fault", hook=hook, at=at,
                          error="%s: %s" % (kind.__name__ if kind else "?", str(error)[:300]))
        except Exception:
            self.recording = False

    def uncovered(self, reason, detail=None):
        """Says by name what is not observed; each pair is told once."""
        key = (reason, str(detail))
        if key not in self._uncovered:
            self._uncovered[key] = True
            self.emit("uncovered", reason=reason, detail=detail)

    # -- inside -------------------------------------------------------------------------------
    def _write(self, kind, header, blob):
        try:
            with self._lock:
                why = None if header.get("kind") in LAST_WORDS else self._no_room(len(blob))
                if why is None:
                    self._writer.frame(kind, header, blob)
                    return
            self.uncovered("recording stopped", why)
            self.recording, self.stopped = False, True
        except OSError as error:
            self.recording = False
            _tell("recording stopped, the trace cannot be written: %s" % error)
        except (TypeError, ValueError):
            self.fault("write " + str(header.get("kind", "tensor")))

    def _no_room(self, size):
        """Why the trace must not grow; None if it may."""
        if self._writer.bytes_written + size > MAX_TRACE_BYTES:
            return "the trace has reached its largest size"
        if not self._writer.leaves_room(size):
            return "the disk of the trace is nearly full"
        return None


def digest_of(dtype, shape, blob):
    """Names the contents of an array; ``blob`` holds its little-endian bytes."""
    key = ("%s%s" % (dtype, shape)).encode()[:64]
    return hashlib.blake2b(blob, digest_size=16, key=key).hexdigest()


def main_name():
    """What the program's own module calls itself."""
    name = vars(sys.modules["__main__"]).get("__name__") if "__main__" in sys.modules else None
    return name if isinstance(name, str) else None


def _tell(text):
    try:
        sys.__stderr__.write("kerasan: %s\n" % text)
    except Exception:  # closed, or there is none
        pass


rec = Recorder()
