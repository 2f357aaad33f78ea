"""Words on the command line → a bundle, a list, or an error in a few lines; and an exit code.

The only place that catches errors. Stages are imported inside the commands: `--help` needs none of them.
"""

from __future__ import annotations

import gc
import io
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from generator import __version__
from generator.cli.answer import print_built, refused
from generator.cli.cost import cost
from generator.cli.doctor import doctor
from generator.cli.explain import explain
from generator.cli.init import init
from generator.cli.options import AsJson, BundlePath, Quiet, processors
from generator.cli.profile import profile
from generator.cli.progress import progress
from generator.cli.report import print_problem, reported
from generator.errors import InputError, Problem

REFUSED = 1
KINDS = ("documents", "analyses", "decisions", "figures", "formats", "companions", "engines", "readers")
app = typer.Typer(
    help="Compile deployment documents from a project file, a model and its data.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ProjectPath = Annotated[
    Path,
    typer.Argument(metavar="PROJECT", help="A folder with a dossier.yaml, or the file.", show_default=False),
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="The bundle's own folder.", show_default=False),
]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", metavar="md|html|pdf", help="Only this format; repeatable.", show_default=False),
]
Documents = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="ID", help="Only this document; repeatable.", show_default=False),
]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"dossier {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Compile deployment documents from a project file, a model and its data."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@app.command()
def build(
    project: ProjectPath,
    output: Output = None,
    formats: Formats = None,
    documents: Documents = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day to report on; else the data's last."),
    ] = None,
    engine: Annotated[Literal["duckdb"], typer.Option(help="What reads the rows.")] = "duckdb",
    jobs: Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads; else one a processor.")] = None,
    fail_on: Annotated[
        Literal["never", "warning", "error"],
        typer.Option(help="The least outcome that makes the exit code 1."),
    ] = "never",
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 if any fact is missing.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compile the documents of PROJECT; the last line printed is the bundle's path."""
    with reported(as_json):
        chosen = _chosen("formats", formats), _chosen("documents", documents)
        from generator import pipeline
        from generator.catalog import CATALOG

        options = pipeline.BuildOptions(
            output=output,
            formats=chosen[0],
            documents=chosen[1],
            as_of=as_of.date() if as_of else None,
            jobs=jobs or processors(),
        )
        gc.disable()  # one short process: what it takes is given back when it ends
        built = pipeline.build(project, CATALOG, options, progress(quiet))
        print_built(built, as_json)
        if (strict and built.gaps) or refused(built, fail_on):
            raise typer.Exit(REFUSED)


@app.command()
def render(
    bundle: BundlePath,
    output: Output = None,
    formats: Formats = None,
    documents: Documents = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make the documents of BUNDLE again from its results.json alone, without data or model."""
    with reported(as_json):
        chosen = _chosen("formats", formats), _chosen("documents", documents)
        from generator import pipeline
        from generator.catalog import CATALOG

        print_built(pipeline.render(bundle, CATALOG, output, *chosen, progress(quiet)), as_json)


@app.command()
def check(
    project: Annotated[
        Path | None,
        typer.Argument(metavar="PROJECT", help="A folder with a dossier.yaml, or the file.", show_default=False),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of dossier.yaml for editors instead.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Validate the project file and its inputs, and lint claims and ladders; write nothing."""
    if (project is None) != schema:
        raise typer.BadParameter("give PROJECT, or --schema alone", param_hint="PROJECT")
    with reported(as_json):
        if project is None:
            from generator.load import json_schema

            typer.echo(json.dumps(json_schema(), indent=2))
            return
        from generator import pipeline
        from generator.catalog import CATALOG

        warnings = pipeline.check(project, CATALOG, progress(quiet))
        if as_json:
            typer.echo(json.dumps({"warnings": [vars(problem) for problem in warnings]}, indent=2))
            return
        for problem in warnings:
            print_problem("warning", problem)
        count = len(warnings)
        typer.echo(f"{project}: " + (f"{count} warning{'s' * (count > 1)}" if count else "no problem found"))


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List the documents, analyses, decisions, figures, formats, companions, engines and model readers."""
    with reported(as_json):
        from generator.catalog import CATALOG

        contents = {kind: [(entry.id, entry.title) for entry in getattr(CATALOG, kind)] for kind in KINDS}
        if as_json:
            plain = {kind: [{"id": i, "title": t} for i, t in entries] for kind, entries in contents.items()}
            typer.echo(json.dumps(plain, indent=2))
            return
        width = max((len(id) for entries in contents.values() for id, _ in entries), default=0)
        for kind, entries in contents.items():
            lines = [f"  {id:<{width}}  {title}" for id, title in entries] or ["  (none)"]
            typer.echo("\n".join([kind, *lines]))


app.command()(init)
app.command()(profile)
app.command()(cost)
app.command()(explain)
app.command()(doctor)


def _chosen(kind: Literal["formats", "documents"], asked: list[str] | None) -> tuple[str, ...]:
    """Return the ids asked for in catalogue order, or all of them; an unknown one is an error."""
    from generator.catalog import CATALOG

    known = [entry.id for entry in getattr(CATALOG, kind)]
    unknown = [word for word in asked or () if word not in known]
    if unknown:
        problems = tuple(
            Problem(what=f"there is no {kind[:-1]} {word!r}", hint=f"there are {', '.join(known)}") for word in unknown
        )
        raise InputError(problems[0].what, problems=problems)
    return tuple(id for id in known if not asked or id in asked)
