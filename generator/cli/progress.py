"""The name of a stage → a sign on stderr that it runs, and that it is done."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import typer

Progress = Callable[[str], AbstractContextManager[None]]


def progress(quiet: bool) -> Progress:
    """Return what is entered around each stage: a spinner on a terminal, plain lines elsewhere, or nothing."""
    if quiet:
        return lambda _: contextlib.nullcontext()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return _spinner()
    return _line


@contextlib.contextmanager
def _line(stage: str) -> Iterator[None]:
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        typer.echo(f"{stage} … {outcome}", err=True)


def _spinner() -> Progress:
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)

    @contextlib.contextmanager
    def spin(stage: str) -> Iterator[None]:
        with _line(stage), console.status(f"{stage} …"):
            yield

    return spin
