"""`dossier build` and `dossier render`: a project or a bundle → a bundle, how it ended, and an exit code."""

import gc
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from generator.cli.answer import print_built, print_left, print_outcome, refusal
from generator.cli.contents import catalog_with, chosen
from generator.cli.options import (
    AsJson,
    BundlePath,
    Changes,
    Documents,
    EngineName,
    Formats,
    Jobs,
    Output,
    ProjectPath,
    Quiet,
    found,
    processors,
)
from generator.cli.progress import progress
from generator.cli.report import working
from generator.records.named import results_file

REFUSED = 1


def build(
    project: ProjectPath = None,
    output: Output = None,
    formats: Formats = None,
    documents: Documents = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day to report on; else the data's last."),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            metavar="BUNDLE",
            help="The bundle before this one; else the newest earlier one where this goes, unless -o names a folder.",
            show_default=False,
        ),
    ] = None,
    changes: Changes = None,
    engine: EngineName = None,
    jobs: Jobs = None,
    fail_on: Annotated[
        Literal["never", "warning", "error"],
        typer.Option(help="The least outcome that makes the exit code 1.", envvar="DOSSIER_FAIL_ON"),
    ] = "never",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 if any fact is missing.", envvar="DOSSIER_STRICT")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compile the documents of a project into a bundle.

    The last line printed is the bundle's path: output/<project>/<version>/<day>, beside a project that was looked for,
    else here. How it ended (verdict, gates, findings, gaps) goes to stderr.
    """
    began = time.monotonic()
    with working(as_json, quiet):
        place, wanted = found(project), (chosen("formats", formats), tuple(documents or ()))
        catalog = catalog_with(engine)
        from generator import pipeline

        options = pipeline.BuildOptions(
            output=output,
            beside=place if project is None else Path(),
            formats=wanted[0],
            documents=wanted[1],
            as_of=as_of.date() if as_of else None,
            changes=tuple(changes or ()),
            previous=previous,
            jobs=jobs or processors(),
        )
        gc.disable()  # one short process: what it takes is given back when it ends
        built = pipeline.build(place, catalog, options, progress(quiet))
        if not quiet:
            print_outcome(built, time.monotonic() - began)
        print_built(built, as_json)
        if reason := refusal(built, fail_on, strict):
            typer.echo(f"exit code {REFUSED}: {reason}", err=True)
            raise typer.Exit(REFUSED)


def render(
    bundle: BundlePath,
    output: Output = None,
    formats: Formats = None,
    documents: Documents = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make the documents of a bundle again, without data or model.

    All of them come from the bundle's results.json alone; the last line printed is the path of the bundle made.
    """
    with working(as_json, quiet):
        wanted = chosen("formats", formats), tuple(documents or ())
        results_file(bundle)
        from generator import pipeline
        from generator.catalog import CATALOG

        built = pipeline.render(bundle, CATALOG, output, *wanted, progress(quiet))
        if not quiet:
            print_left(built)
        print_built(built, as_json)
