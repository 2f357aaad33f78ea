"""The words that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

BundlePath = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")]
LabelsFile = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Outcomes in a file of their own.", show_default=False),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="COL", help="Column that joins labels and predictions.", show_default=False),
]


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
