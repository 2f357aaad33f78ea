"""Stages and their passes over rows → bars on a terminal: rows, rows a second, time left."""

import contextlib
from collections.abc import Iterator
from functools import partial

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from generator.records.watch import Tick, Watch


class _Rate(ProgressColumn):
    """Rows a second, once there is a speed to tell."""

    def render(self, task: Task) -> Text:
        """Return the rate of a pass; nothing for a stage."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed and task.fields["rows"] else "")


class _Left(TimeRemainingColumn):
    """Time left of a pass whose rows are known."""

    def render(self, task: Task) -> Text:
        """Return the time left; nothing for a stage."""
        return super().render(task) if task.fields["rows"] and task.total else Text("")


@contextlib.contextmanager
def bars(stage: str) -> Iterator[Watch]:
    """Show a stage while it runs, and below it a bar for each pass over rows; all goes when the stage is done."""
    console = Console(stderr=True, highlight=False, markup=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), _Rate(), _Left())
    with Progress(*columns, console=console, transient=True) as shown:
        shown.add_task(f"{stage} …", total=None, rows=False)
        earlier: list[TaskID] = []

        def watch(what: str, rows: int) -> Tick:
            while earlier:
                shown.remove_task(earlier.pop())
            earlier.append(shown.add_task(f"  {what}", total=rows or None, rows=True))
            return partial(shown.advance, earlier[0])

        yield watch
