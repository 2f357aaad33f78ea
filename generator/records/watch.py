"""Whoever wants to see a pass over rows go on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

Tick: TypeAlias = Callable[[int], None]
"""Is told the rows of each batch, from any thread."""

Watch: TypeAlias = Callable[[str, int], Tick]
"""Is told of each pass what is read, and about how many rows that are, 0 where nobody knows."""

Progress: TypeAlias = Callable[[str], AbstractContextManager[Watch]]
"""Is told of each stage, and entered while it runs."""


def unwatched(_what: str, _rows: int) -> Tick:
    """Watch nothing."""
    return lambda _: None
