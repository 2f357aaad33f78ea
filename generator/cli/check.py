"""`dossier check`: a project → everything that is wrong or doubtful about it; or the schema of a project file."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.contents import catalog_with
from generator.cli.diff import print_difference
from generator.cli.options import AsJson, Changes, EngineName, ProjectPath, Quiet, found, processors
from generator.cli.progress import progress
from generator.cli.report import print_problem, reported, working
from generator.errors import Unverified
from generator.records.named import results_file


def check(
    project: ProjectPath = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of dossier.yaml for editors instead.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="BUNDLE", help="Tell in what a build would differ from this bundle instead."),
    ] = None,
    changes: Changes = None,
    engine: EngineName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Look for what is wrong with a project, and write nothing.

    Validates the project file and its inputs, works stated figures out again, and holds levels against one another.
    With --against, all is worked out as a build does, and a difference from the bundle is exit code 4.
    """
    if project is not None and schema:
        raise typer.BadParameter("--schema is of every project: leave PROJECT out", param_hint="PROJECT")
    with reported(as_json) if schema else working(as_json, quiet):
        if schema:
            from generator.records.places import schema_file

            typer.echo(schema_file().read_text(encoding="utf-8"), nl=False)
            return
        if against:
            _against(project, against, tuple(changes or ()), engine, as_json, quiet)
        else:
            _check(project, tuple(changes or ()), engine, as_json, quiet)


def _against(
    project: ProjectPath, bundle: Path, changes: tuple[str, ...], engine: EngineName, as_json: bool, quiet: bool
) -> None:
    results_file(bundle)
    place, catalog = found(project), catalog_with(engine)
    from generator import pipeline

    options = pipeline.BuildOptions(changes=changes, jobs=processors())
    differs = pipeline.against(place, bundle, catalog, options, progress(quiet))
    print_difference(differs, "json" if as_json else "md")
    if differs.changes or not all(document.same for document in differs.documents):
        raise typer.Exit(Unverified.exit_code)


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
