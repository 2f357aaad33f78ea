"""The name of a stage → a sign on stderr that it runs, how far it is, and that it is done."""

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator

import typer

from generator.records.watch import Progress, Watch, unwatched


def progress(quiet: bool) -> Progress:
    """Return what is entered around each stage: bars on a terminal, plain lines elsewhere, or nothing."""
    if quiet:
        return lambda _: contextlib.nullcontext(unwatched)
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return _shown
    return _line


@contextlib.contextmanager
def silenced(quiet: bool) -> Iterator[None]:
    """Keep warnings and log lines of libraries off stderr where that is asked for; `python -W` has the last word."""
    if not quiet or sys.warnoptions:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


@contextlib.contextmanager
def _line(stage: str) -> Iterator[Watch]:
    outcome = "failed"
    try:
        yield unwatched
        outcome = "done"
    finally:
        typer.echo(f"{stage} … {outcome}", err=True)


@contextlib.contextmanager
def _shown(stage: str) -> Iterator[Watch]:
    from generator.cli.bars import bars

    with _line(stage), bars(stage) as watch:
        yield watch
