"""Fixtures of tests whose subject might not end."""

import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.records.files import MEGABYTE


@pytest.fixture
def ends() -> Iterator[None]:
    """Break off what would go on for ever, or take all memory, so that it is a failure and not a hang."""

    def late(*_: object) -> None:
        raise AssertionError("this does not end")

    kept, before = signal.signal(signal.SIGALRM, late), resource.getrlimit(resource.RLIMIT_DATA)
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + 1_000 * MEGABYTE, before[1]))
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, kept)
        resource.setrlimit(resource.RLIMIT_DATA, before)
