"""Takes seconds and megabytes, gives this process so much more computing time and memory than it has used."""

from __future__ import annotations

import math
import os
import resource
import signal
import threading
import time

PAGES = "/proc/self/statm"
"""Where Linux says how much memory is mapped; elsewhere memory is not limited."""


def allow(seconds: float, megabytes: float) -> None:
    """Let the process compute for `seconds` more and map `megabytes` more; a limit that exists already is kept."""
    used = math.ceil(time.process_time() + seconds)
    _limit(resource.RLIMIT_CPU, used)
    mapped = _mapped()
    if mapped is not None:
        _limit(resource.RLIMIT_AS, mapped + int(megabytes * 1e6))


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _mapped() -> int | None:
    try:
        with open(PAGES, "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return None


def end_with_parent() -> None:
    """End this process and all that it started once the program that asked is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.killpg(0, signal.SIGKILL)

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=watch, daemon=True).start()
