"""Takes a command that speaks in frames, gives its process: asked one thing at a time, ended with all it started."""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from generator.scorer.frames import Garbled, Message, packed, unpacked

TOLD = 2_000
"""The most bytes that are kept of what a process says on standard error: its last ones."""
PIECE = 1 << 20
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "CONDA_PREFIX", "VIRTUAL_ENV")
"""What of the environment a process gets; passwords and keys that stand there are no business of a model."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Sums end in the same digit everywhere when one thread makes them."""


class Stopped(Exception):
    """The process gave no answer: it ended with `code` (negative for a signal, None for too late)."""

    def __init__(self, code: int | None, told: str) -> None:
        super().__init__(told)
        self.code, self.told = code, told


class Process:
    """A process of its own group, started fresh, that answers one message with one."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it; raises OSError when there is no such program."""
        place = tempfile.mkdtemp(prefix="dossier-model-")
        try:
            self._running = started(command, {**environment, "TMPDIR": place})
        except OSError:
            os.rmdir(place)
            raise
        self._told, self._lock, self.models = bytearray(), threading.Lock(), 0
        self._drain = threading.Thread(target=_drained, args=(self._running.stderr, self._told), daemon=True)
        self._drain.start()
        for pipe in (self._running.stdin, self._running.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        self.end = weakref.finalize(self, _ended, self._running, place)

    def ask(self, message: Message, *, seconds: float, most: float) -> Message:
        """Return the answer; raises Stopped where none comes in `seconds`, is larger than `most`, or is garbled."""
        with self._lock:
            return self._answer(message, seconds, most)

    def _answer(self, message: Message, seconds: float, most: float) -> Message:
        assert self._running.stdin is not None and self._running.stdout is not None
        deadline = time.monotonic() + seconds
        try:
            for buffer in packed(message):
                _write(self._running.stdin.fileno(), buffer, deadline)
            return unpacked(_reader(self._running.stdout.fileno(), deadline), most)
        except TimeoutError:
            raise self._stopped(late=True) from None
        except (OSError, EOFError, Garbled, ValueError):
            raise self._stopped(late=False) from None
        except BaseException:
            self.end()
            raise

    def _stopped(self, *, late: bool) -> Stopped:
        """End the process and return how it ended; one that closed its pipe has a moment to end by itself."""
        code = None
        if not late:
            try:
                code = self._running.wait(timeout=5.0)
            except subprocess.TimeoutExpired:
                code = 0
        self.end()
        self._drain.join(timeout=1.0)
        return Stopped(code, bytes(self._told).decode("utf-8", "replace"))


def started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, with a pipe for each of its standard files."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), start_new_session=True, bufsize=0
    )


def environment() -> dict[str, str]:
    """Return the environment of a process that runs foreign code: what finds programs, and one thread for sums."""
    own = {key: os.environ[key] for key in KEPT if key in os.environ} | dict.fromkeys(THREADS, "1")
    return own


def _ended(running: subprocess.Popen[bytes], place: str) -> None:
    """End a process with all that it started, and leave nothing open, nor its temporary files."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        running.kill()
    running.wait()
    for pipe in (running.stdin, running.stdout):
        if pipe is not None:
            pipe.close()
    shutil.rmtree(place, ignore_errors=True)


def _drained(pipe: Any, told: bytearray) -> None:
    """Read standard error to its end; only the last of it is kept."""
    with pipe:
        while piece := pipe.read(65_536):
            told += piece[-TOLD:]
            del told[:-TOLD]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _write(place: int, buffer: Any, deadline: float) -> None:
    rest = memoryview(buffer)
    while rest:
        if not select.select([], [place], [], _left(deadline))[1]:
            raise TimeoutError
        rest = rest[os.write(place, rest[:PIECE]) :]


def _reader(place: int, deadline: float) -> Callable[[int], bytearray]:
    def read(size: int) -> bytearray:
        out = bytearray()
        while len(out) < size:
            if not select.select([place], [], [], _left(deadline))[0]:
                raise TimeoutError
            piece = os.read(place, min(size - len(out), PIECE))
            if not piece:
                raise EOFError
            out += piece
        return out

    return read
