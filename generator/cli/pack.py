"""`dossier pack`: a bundle → one PDF and one zip for a change request."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.options import AsJson, BundlePath, Quiet
from generator.cli.progress import progress
from generator.cli.report import working
from generator.errors import InputError


class Purpose(StrEnum):
    """What a change is for."""

    DEPLOYMENT = "deployment"
    ROLLBACK = "rollback"


def pack(
    bundle: BundlePath,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="The folder that the two files go to.")
    ] = Path(),
    purpose: Annotated[
        Purpose | None,
        typer.Option("--for", help="Begin with a change request: for a stage of the rollout, or for the way back."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="NAME", help="The stage; else the first.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put a bundle into one PDF and one zip, for a change request.

    The PDF is a copy for reading: a cover, all documents with bookmarks and links, the documents of record attached.
    The zip has it beside every file of the bundle, and its approvals with their PDFs. A bundle that is not as it was
    built is refused.
    """
    with working(as_json, quiet):
        if stage and purpose is not Purpose.DEPLOYMENT:
            raise InputError("--stage is of a deployment", hint="add --for deployment, or leave --stage out")
        from generator.catalog import CATALOG
        from generator.compose.change import ChangeRequest
        from generator.follow.pack import pack as packed

        change = ChangeRequest(purpose=purpose.value, stage=stage or "") if purpose else None
        pdf, archive = packed(bundle, CATALOG, output, progress(quiet), change)
        typer.echo(json.dumps({"pdf": str(pdf), "zip": str(archive)}, indent=2) if as_json else f"{pdf}\n{archive}")
