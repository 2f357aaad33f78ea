"""A folder and the beginning of a name → a private folder in it that ends with its process; dead ones are swept."""

import fcntl
import os
import re
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

RANDOM = 8
"""Bytes of a name that are drawn, twice as many signs."""
OWNER = "pid"
"""File that tells whose a folder is; what has it was locked before."""
UNBORN = 60.0
"""Seconds in which a folder without that file may still be waiting for its lock."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that ask a program to end."""
Spent = Callable[[Path], bool]
"""Says of a folder that a dead process left whether nothing in it is missed."""


@contextmanager
def scratch(parent: Path, stem: str, spent: Spent = lambda _: True) -> Iterator[Path]:
    """Give a folder in `parent`, open to its owner alone, and remove it with all that is in it.

    A lock marks it while the process lives. What processes that were killed left there under the same `stem` is
    removed first, if it is `spent`. Raises OSError where no folder can be made.
    """
    sweep(parent, stem, spent)
    path, lock = parent / f"{stem}{secrets.token_hex(RANDOM)}", None
    try:
        path.mkdir(mode=0o700)
        lock = _locked(path, fcntl.LOCK_EX)
        (path / OWNER).write_text(f"{os.getpid()}\n")
        yield path
    finally:
        with undisturbed():
            shutil.rmtree(path, ignore_errors=True)
            if lock is not None:
                os.close(lock)


def sweep(parent: Path, stem: str, spent: Spent = lambda _: True) -> None:
    """Remove this user's folders of that stem in `parent` whose process has ended."""
    name = re.compile(rf"{re.escape(stem)}[0-9a-f]{{{2 * RANDOM}}}")
    with suppress(OSError), os.scandir(parent) as found:
        for each in [entry for entry in found if name.fullmatch(entry.name)]:
            with suppress(OSError):
                _sweep_one(Path(each.path), spent)


def _sweep_one(path: Path, spent: Spent) -> None:
    found = path.lstat()
    if found.st_uid != os.geteuid() or (lock := _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)) is None:
        return
    try:
        is_born = (path / OWNER).exists() or time.time() - found.st_mtime > UNBORN
        if is_born and spent(path):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)


def _locked(path: Path, how: int) -> int | None:
    """Return the handle that marks a folder as alive; None where another has it, or the disk knows no locks."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, how)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back the signals that end a program until a short piece of work is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    before = {each: signal.signal(each, lambda number, frame: came.append((number, frame))) for each in ENDINGS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        for number, frame in came:
            _pass_on(number, frame)


def _pass_on(number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(number)
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:
        signal.raise_signal(number)
