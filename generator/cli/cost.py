"""`dossier cost`: a project with a model → how long its predictions take on this machine, as `model.cost` names it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.options import AsJson, Quiet
from generator.cli.progress import progress
from generator.cli.report import reported
from generator.errors import InputError

NAME = "inference_cost.json"


def cost(
    project: Annotated[
        Path,
        typer.Argument(metavar="PROJECT", help="A folder with a dossier.yaml, or the file.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Time the model of PROJECT on this machine, one row and a batch, and keep the result in a file.

    A build imports the file that `model.cost` names, and measures no time itself: documents stay the same byte by byte.
    """
    with reported(as_json):
        from generator import pipeline
        from generator.bundle import written
        from generator.catalog import CATALOG

        with progress(quiet)("measure"):
            made = pipeline.cost(project, CATALOG, datetime.date.today())
        place = output or made.place or (project if project.is_dir() else project.parent) / NAME
        try:
            written(place, made.content)
        except OSError as error:
            raise InputError(f"the measurement cannot be written: {error.strerror}", where=str(place)) from error
        if as_json:
            typer.echo(json.dumps({"cost": str(place), **json.loads(made.content)}, indent=2))
            return
        if made.place is None:
            typer.echo(f"to have it in the documents, write under model: `cost: {place.name}`")
        typer.echo(place)
