"""The words that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

BundlePath = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")]
Target = Annotated[str | None, typer.Option("--target", metavar="COL", help="The truth.", show_default=False)]
Prediction = Annotated[
    str | None,
    typer.Option("--prediction", metavar="COL", help="Predictions, when there is no model file.", show_default=False),
]
Positive = Annotated[
    str | None,
    typer.Option("--positive", metavar="VALUE", help="The outcome that counts as 1.", show_default=False),
]
Time = Annotated[str | None, typer.Option("--time", metavar="COL", help="Date or time of a row.", show_default=False)]
Entity = Annotated[
    str | None,
    typer.Option("--entity", metavar="COL", help="Whose rows resemble one another.", show_default=False),
]
Segments = Annotated[
    list[str] | None,
    typer.Option("--segment", metavar="COL", help="Column to report errors by; repeatable.", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="COL", help="Column that is no feature; repeatable.", show_default=False),
]
LabelsFile = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Outcomes in a file of their own.", show_default=False),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="COL", help="Column that joins labels and predictions.", show_default=False),
]
ModelFile = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A model file, or an MLflow model's folder.", show_default=False),
]
Trusted = Annotated[
    list[str] | None,
    typer.Option("--trust", metavar="TYPE", help="A type in the model you vouch for; repeatable.", show_default=False),
]


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
