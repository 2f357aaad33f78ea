"""`dossier profile`: a table → its training statistics, as `data.reference_stats` of a project names them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import AsJson, EngineName, Quiet, present, processors
from generator.cli.progress import progress
from generator.cli.report import working
from generator.cli.roles import says_roles
from generator.errors import InputError
from generator.records.inspection import Said

if TYPE_CHECKING:
    from generator.records.plugin import Catalog
    from generator.records.watch import Watch

STDOUT = Path("-")


@says_roles
def profile(
    rows: Annotated[Path, typer.Argument(metavar="FILE", help="The training rows: CSV or Parquet.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write; - prints.", show_default=False),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", help="Roles, segments and model come from it.", show_default=False),
    ] = None,
    *,
    said: Said,
    engine: EngineName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the training statistics of a table.

    No build needs the training rows after that. With --project they go where the project's `reference_stats` says;
    else beside you, as FILE's name says.
    """
    with working(as_json, quiet):
        present(rows)
        catalog = catalog_with(engine)
        if project and said != Said():
            raise InputError("--project says the roles already", hint="leave the other options out, or --project")
        place = output or _place(project, rows)
        with progress(quiet)("measure") as watch:
            content = _statistics(project, said, rows, catalog, watch)
        _put(place, content, as_json)


def _place(project: Path | None, rows: Path) -> Path:
    from generator import start

    named = start.statistics_path(project) if project else None
    return named or Path(f"{rows.stem}_statistics.json")


def _statistics(project: Path | None, said: Said, rows: Path, catalog: "Catalog", watch: "Watch") -> bytes:
    from generator import start

    if project:
        return start.profile(project, catalog, rows, jobs=processors(), watch=watch)
    return start.profile_table(said, catalog, rows, jobs=processors(), watch=watch)


def _put(place: Path, content: bytes, as_json: bool) -> None:
    """Write the statistics in one step and print where; with `-` print them."""
    from generator.bundle import written

    if place == STDOUT:
        typer.echo(content.decode(), nl=False)
        return
    try:
        written(place, content)
    except OSError as error:
        raise InputError(f"the statistics cannot be written: {error.strerror}", where=str(place)) from error
    typer.echo(json.dumps({"statistics": str(place), "bytes": len(content)}, indent=2) if as_json else place)
