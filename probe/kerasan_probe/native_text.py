"""Lines of the framework's native log: written to file descriptor 2 without passing Python.

Only where standard error is a file, which can be read without coming between the program and its
reader. On a terminal or a pipe these lines are not observed.
"""
import os
import re
import stat

from kerasan_probe.recorder import rec

# "2020-05-01 10:00:00.123456: E tensorflow/core/x.cc:12] text", "E0000 00:00:1700000000.1 12 x.cc:9]"
LINE = re.compile(br"^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: ([IWEF]) |([IWEF])\d{4} [\d:. ]+)"
                  br"\S+\.(?:cc|h):\d+\] .*$", re.M)
MAX_READ = 1 << 18  # bytes at once; what is further back is not read
MAX_LINES = 200  # of a process


class NativeText(object):
    """What was appended to the file since the last look."""

    def __init__(self):
        self._file = None  # (device, inode)
        self._at = self._lines = 0
        self._pid = os.getpid()

    def start(self):
        held = os.fstat(2)
        if not stat.S_ISREG(held.st_mode):
            rec.uncovered("native text", "standard error is not a file")
            return
        self._file, self._at = (held.st_dev, held.st_ino), held.st_size

    def take(self, call):
        if self._file is None or self._lines >= MAX_LINES or os.getpid() != self._pid:
            return
        held = os.fstat(2)
        if (held.st_dev, held.st_ino) != self._file or held.st_size < self._at:
            self._file = None  # another file, or cut by somebody
            return
        if held.st_size == self._at:
            return
        begin, self._at = max(self._at, held.st_size - MAX_READ), held.st_size
        fd = os.open("/proc/self/fd/2", os.O_RDONLY | os.O_CLOEXEC)
        try:
            text = os.pread(fd, self._at - begin, begin)
        finally:
            os.close(fd)
        for line in LINE.finditer(text):
            self._lines += 1
            if self._lines > MAX_LINES:
                rec.uncovered("native text", "more than %d lines" % MAX_LINES)
                return
            rec.emit("text", stream="native", text=line.group(0)[:2000].decode("utf-8", "replace"),
                     call=call, origin="framework", where=None)


native = NativeText()
