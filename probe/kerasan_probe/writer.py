"""Writes the trace container (docs/trace-format.md): one write() a frame."""
import fcntl
import json
import os
import struct
import zlib

FILE_HEADER = b"KERASAN\n" + struct.pack("<II", 1, 0)
FRAME_MAGIC = struct.unpack("<I", b"KFRM")[0]
EVENT, TENSOR = 1, 2
# Left free on the disk of the trace, for the program: its own files, and those that the framework
# writes to the folder for temporary files. A tenth of a small disk.
RESERVE_BYTES = 256 << 20


class TraceWriter(object):
    """Appends whole frames to the trace file that all processes of a run share."""

    def __init__(self, path):
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            if os.fstat(self._fd).st_size == 0:
                os.write(self._fd, FILE_HEADER)
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
        self.bytes_written = 0

    def leaves_room(self, size):
        disk = os.fstatvfs(self._fd)
        if disk.f_blocks == 0:  # not a file on a disk
            return True
        reserve = min(RESERVE_BYTES, disk.f_blocks * disk.f_frsize // 10)
        return disk.f_bavail * disk.f_frsize - size > reserve

    def frame(self, kind, header, blob=b""):
        """Raises OSError when the frame could not be written whole (a full disk)."""
        # Strict JSON: lone surrogates (odd file names) become "?", a bare NaN raises ValueError.
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        text = text.encode("utf-8", "replace")
        payload_length = 4 + len(text) + len(blob)
        head = struct.pack("<HHI", kind, 0, os.getpid() & 0xFFFFFFFF)
        length = struct.pack("<I", len(text))
        crc = zlib.crc32(head)
        for part in (length, text, blob):
            crc = zlib.crc32(part, crc)
        data = b"".join((struct.pack("<II", FRAME_MAGIC, payload_length), head,
                         struct.pack("<I", crc & 0xFFFFFFFF), length, text, blob))
        written = os.write(self._fd, data)
        self.bytes_written += written
        if written != len(data):
            raise OSError("the trace took %d of %d bytes" % (written, len(data)))
