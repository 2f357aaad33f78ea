"""The words that several commands share, and where a project is when none of them names it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from generator.errors import InputError
from generator.records.address import ELSEWHERE, is_address, unread
from generator.records.named import PROJECT, project_file
from generator.records.places import files_of

ProjectPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="PROJECT",
        help=f"A folder with a {PROJECT}, or the file; else the nearest {PROJECT} from here upwards.",
        show_default=False,
    ),
]
BundlePath = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle's folder.", show_default=False)]
ProjectOf = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        help="The bundle's project; else one of its name above the bundle, or around here.",
        show_default=False,
    ),
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
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="What reads the rows, one of `dossier list`.",
        show_default=False,
        envvar="DOSSIER_ENGINE",
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A value in the place of the project file's, as in project.currency=EUR; repeatable.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Threads; else one a processor.", show_default=False, envvar="DOSSIER_JOBS"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print the result alone, and no warning of a library.", envvar="DOSSIER_QUIET"),
]
LabelsFile = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="Outcomes in a file of their own.", show_default=False),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="COL", help="Column that joins labels and predictions.", show_default=False),
]


def places(project: Path) -> tuple[Path, Path]:
    """Return the folders in whose `output` a project's bundles are looked for: this one, and the project's own."""
    return Path(), project if project.is_dir() else project.parent


def found(project: Path | None) -> Path:
    """Return the project that was named, else the nearest folder upwards from here that holds a project file.

    Raises InputError where there is no project file, before anything slow is imported.
    """
    if project is not None:
        project_file(project)
        return project
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT).is_file():
            return folder
    raise InputError(
        f"there is no {PROJECT} in {here}, nor in a folder above it",
        hint="name the project, or begin one: dossier init DIR --production FILE",
    )


def present(*tables: Path | None) -> None:
    """Raise InputError for a table that is not there, before anything slow is imported; addresses are not opened."""
    for table in filter(None, tables):
        if begins := unread(str(table)):
            raise InputError(f"addresses that begin with {begins} are not read", hint=ELSEWHERE)
        if not is_address(str(table)) and not any(file.exists() for file in files_of("", str(table))):
            raise InputError("there is no such file", where=str(table), hint="is the path right?")


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
