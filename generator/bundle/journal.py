"""A file of records and a line → the file with the line at its end: whole or not at all, whoever else writes."""

import errno
import fcntl
import os
from pathlib import Path

from generator.bundle._write import sync
from generator.errors import InputError


def appended(path: Path, text: str) -> tuple[int, bool]:
    """Put a line behind the last one, unless it stands there already; return its number, and whether it is new.

    What stands there is never written again. Raises InputError where nothing can be put there.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK, 0o644)
        try:
            sync(path.parent)
            fcntl.flock(handle, fcntl.LOCK_EX)
            return _append(handle, text.encode())
        finally:
            os.close(handle)
    except OSError as error:
        what, hint = f"the record cannot be written: {error.strerror or error}", "nothing was recorded; see to the disk"
        raise InputError(what, where=str(path), hint=hint) from error


def _append(handle: int, line: bytes) -> tuple[int, bool]:
    size = os.fstat(handle).st_size
    before = os.pread(handle, size, 0)
    lines = before.splitlines()
    if line in lines:
        return lines.index(line) + 1, False
    content = (b"\n" if before and not before.endswith(b"\n") else b"") + line + b"\n"
    try:
        if os.write(handle, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    except BaseException:  # an interruption too leaves no half of a line
        os.ftruncate(handle, size)
        raise
    return len(lines) + 1, True
