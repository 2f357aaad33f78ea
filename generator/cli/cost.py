"""`dossier cost`: a project with a model → how long its predictions take on this machine, as `model.cost` names it."""

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import AsJson, EngineName, ProjectPath, Quiet, found
from generator.cli.progress import progress
from generator.cli.report import working
from generator.errors import InputError

NAME = "inference_cost.json"


def cost(
    project: ProjectPath = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write.", show_default=False),
    ] = None,
    engine: EngineName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Time a project's model on this machine, for `model.cost`.

    One row and a batch are timed. A build imports the file that `model.cost` names, and measures no time itself:
    documents stay the same byte by byte.
    """
    with working(as_json, quiet):
        named, catalog = found(project), catalog_with(engine)
        from generator import start
        from generator.bundle import written

        with progress(quiet)("measure"):
            made = start.cost(named, catalog, datetime.date.today())
        place = output or made.place or (named if named.is_dir() else named.parent) / NAME
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
