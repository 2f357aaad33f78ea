"""`dossier metrics`: a project with new rows → what its alert rules read, for Prometheus."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import Changes, EngineName, Jobs, ProjectPath, Quiet, found, processors
from generator.cli.progress import progress
from generator.cli.report import working
from generator.errors import InputError


def metrics(
    project: ProjectPath = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to write; else they are printed.", show_default=False
        ),
    ] = None,
    as_of: Annotated[
        datetime.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DATE", help="The newest day to judge; else yesterday.", show_default=False
        ),
    ] = None,
    changes: Changes = None,
    engine: EngineName = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Print what the alert rules read, for Prometheus.

    Run it once a day, when the day before is closed, on the rows of as many days as the longest window asks for. The
    values of the newest day stand as gauges without timestamps, for the textfile collector of the node exporter or any
    server of files. What cannot be worked out is left out, and an alert of its own tells of it.
    """
    with working(False, quiet):
        place, catalog = found(project), catalog_with(engine)
        from generator import pipeline
        from generator.bundle import written

        day = as_of.date() if as_of else None
        now = datetime.datetime.now(datetime.UTC)
        told = progress(quiet)
        content = pipeline.metrics(
            place, catalog, now, day, told, changes=tuple(changes or ()), jobs=jobs or processors()
        )
        if output is None:
            typer.echo(content.decode(), nl=False)
            return
        try:
            typer.echo(written(output, content))
        except OSError as error:
            raise InputError(f"the metrics cannot be written: {error.strerror}", where=str(output)) from error
