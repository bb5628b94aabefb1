"""Memory in use, as the allocators themselves count it: no page is counted that is merely kept."""
import ctypes
import gc
import sys
import threading

# The smallest piece that Python's allocator of small objects gives out (the true one since 3.7).
SMALLEST = 16
NAMES = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
         "keepcost")


class _Counts(ctypes.Structure):
    """struct mallinfo2 of mallinfo(3)."""
    _fields_ = [(name, ctypes.c_size_t) for name in NAMES]


_state = {}


def _counter():
    if "count" not in _state:
        count = getattr(ctypes.CDLL(None), "mallinfo2", None)
        if count is not None:
            count.restype = _Counts
        _state["count"] = count
    return _state["count"]


def in_use():
    """Bytes in use by malloc, and at least those of small Python objects; None where the C library
    does not tell (glibc before 2.33), or where other threads of Python allocate meanwhile."""
    count = _counter()
    if count is None or threading.active_count() > 1:
        return None
    told = count()
    return told.uordblks + told.hblkhd + SMALLEST * sys.getallocatedblocks()


def in_use_after_call():
    """The same without the garbage in cycles that the call has just left, which is no leak."""
    if _counter() is None or not gc.isenabled():
        return None
    gc.collect(1)
    return in_use()
