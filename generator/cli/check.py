"""`dossier check`: a project → everything that is wrong or doubtful about it; or the schema of a project file."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import AsJson, Changes, EngineName, ProjectPath, Quiet, found
from generator.cli.progress import progress
from generator.cli.report import print_problem, reported, working


def check(
    project: ProjectPath = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of dossier.yaml for editors instead.")
    ] = False,
    changes: Changes = None,
    engine: EngineName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Look for what is wrong with a project, and write nothing.

    Validates the project file and its inputs, works stated figures out again, and holds levels against one another.
    """
    if project is not None and schema:
        raise typer.BadParameter("--schema is of every project: leave PROJECT out", param_hint="PROJECT")
    with reported(as_json) if schema else working(as_json, quiet):
        if schema:
            from generator.records.places import schema_file

            typer.echo(schema_file().read_text(encoding="utf-8"), nl=False)
            return
        _check(project, tuple(changes or ()), engine, as_json, quiet)


def _check(project: ProjectPath, changes: tuple[str, ...], engine: EngineName, as_json: bool, quiet: bool) -> None:
    began, place = time.monotonic(), found(project)
    catalog = catalog_with(engine)
    from generator import pipeline

    warnings = pipeline.check(place, catalog, progress(quiet), changes=changes)
    count = len(warnings)
    if not as_json:
        for problem in warnings:
            print_problem("warning", problem)
    if not quiet:
        typer.echo(f"time: {time.monotonic() - began:.0f} s", err=True)
    if as_json:
        typer.echo(json.dumps({"warnings": [vars(problem) for problem in warnings]}, indent=2))
    else:
        typer.echo(f"{place}: " + (f"{count} warning{'s' * (count > 1)}" if count else "no problem found"))
