"""Ctrl-C waits until the probe has put everything back."""
import contextlib
import os
import signal
import threading


@contextlib.contextmanager
def uninterrupted():
    """Delays SIGINT: a program that catches KeyboardInterrupt and saves must find its own weights."""
    held = signal.getsignal(signal.SIGINT)
    if held is None or threading.current_thread() is not threading.main_thread():
        yield  # not Python's handler, or signals do not come to this thread
        return
    came = []
    signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, held)
        if came:
            os.kill(os.getpid(), signal.SIGINT)
