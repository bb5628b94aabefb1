"""Text as the user sees it: what goes through sys.stdout and sys.stderr.

The stream objects stay the program's own; only their ``write`` gains a listener. What native code
writes to file descriptor 2 does not pass here (see native_text.py).
"""
import linecache
import re
import sys

from kerasan_probe import frames
from kerasan_probe.recorder import rec


def install():
    for name in ("stdout", "stderr"):
        _listen(getattr(sys, name, None), name)


def _listen(stream, name):
    if stream is None or not hasattr(stream, "__dict__"):
        rec.uncovered("text of this stream", name)
        return
    write = stream.write

    def listening_write(text):
        if getattr(rec.local, "withhold", 0):
            return len(text)
        written = write(text)
        if not rec.is_quiet() and not getattr(rec.local, "in_text", False):
            rec.local.in_text = True
            try:
                rec.safely("text", _record, name, text)
            finally:
                rec.local.in_text = False
        return written

    stream.write = listening_write


def _record(name, text):
    if not isinstance(text, str) or not text:
        return
    with rec.budget.measure():
        frame = writer_of(sys._getframe(), 3)
        more = {}
        if name == "stderr" and ("deprecated" in text or "will be removed" in text):
            more["named_by_program"] = named_by_program(text, frame)
        rec.emit("text", stream=name, text=text[:20000], call=rec.current_call(),
                 origin=frames.origin(frame), where=frames.user_frame(frame), **more)


def writer_of(frame, depth):
    """The frame that wrote; native code may write with no frame of Python above it."""
    while depth and frame.f_back is not None:
        frame, depth = frame.f_back, depth - 1
    return frame


def named_by_program(text, frame):
    """Whether the files of the program that are running mention the first `name` in a notice;
    None where it names nothing or the files cannot be read."""
    name = re.search(r"`(?:[\w.]*\.)?(\w+)", text)
    files = set()
    while frame is not None:
        if frames.of_user(frame):
            files.add(frame.f_code.co_filename)
        frame = frame.f_back
    lines = [linecache.getlines(file) for file in files]
    if name is None or not lines or not all(lines):
        return None
    return any(re.search(r"\b%s\b" % name.group(1), line) for held in lines for line in held)
