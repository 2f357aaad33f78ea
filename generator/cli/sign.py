"""`dossier sign`: a bundle and what somebody decided about it → an approval beside the project, signed and recorded."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.options import AsJson, BundlePath, ProjectOf
from generator.cli.report import plain_text, print_problem, working
from generator.errors import InputError, Problem
from generator.records.approval import Decision
from generator.records.files import MEGABYTE, read_file

if TYPE_CHECKING:
    from generator.follow.sign import Came, Made, Pkcs12, Ssh

PASSWORD = "DOSSIER_PASSWORD"
"""The variable that has the password of a PKCS#12 file; without it one is asked for."""


def sign(
    bundle: BundlePath,
    role: Annotated[str, typer.Option(metavar="ROLE", help="The role that decides: one of people.approvers.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Who decides.", envvar="DOSSIER_WHO")],
    decision: Annotated[
        Decision | None,
        typer.Option(help="What is decided; a PDF that came back says it itself.", show_default=False),
    ] = None,
    conditions: Annotated[str, typer.Option(metavar="TEXT", help="On what conditions.", show_default=False)] = "",
    documents: Annotated[
        list[str] | None,
        typer.Option("--document", metavar="ID", help="Only about this document; repeatable.", show_default=False),
    ] = None,
    accepted: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="GATE", help="A failing gate that is accepted; repeatable."),
    ] = None,
    came: Annotated[
        Path | None,
        typer.Option("--from", metavar="PDF", help="The PDF that came back, filled in or signed.", show_default=False),
    ] = None,
    pkcs12: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"Sign the PDF by this key; its password: {PASSWORD}.", show_default=False),
    ] = None,
    ssh_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign a statement by this key of SSH.", show_default=False)
    ] = None,
    project: ProjectOf = None,
    as_json: AsJson = False,
) -> None:
    """Record what somebody has decided about a bundle.

    Approve, conditions, or reject. Signed by the PDF that came back, by a key with a certificate, or by a key of SSH.
    The approval goes to approvals/ beside the project file and a line to records.jsonl; it is about what the documents
    say, and lasts as long as they say it. `dossier status` tells who approved what, `dossier verify` checks signatures.
    """
    with working(as_json, quiet=False):
        from generator.follow.sign import SignWish
        from generator.follow.sign import sign as signed

        wish = SignWish(
            role=role,
            name=name.strip(),
            decision=decision,
            conditions=conditions.strip(),
            documents=tuple(documents or ()),
            accepted=tuple(accepted or ()),
            by=_way(came, pkcs12, ssh_key),
        )
        _print(signed(bundle, wish, datetime.now(UTC), project), as_json)


def _way(came: Path | None, pkcs12: Path | None, ssh_key: Path | None) -> "Came | Pkcs12 | Ssh":
    from generator.follow.sign import Came, Pkcs12, Ssh

    if sum(each is not None for each in (came, pkcs12, ssh_key)) != 1:
        raise InputError("an approval is signed in one way", hint="one of --from PDF, --pkcs12 FILE, --ssh-key FILE")
    if came:
        return Came(file=came)
    if ssh_key:
        return Ssh(file=ssh_key)
    assert pkcs12 is not None
    content = read_file(pkcs12, most=MEGABYTE)
    if PASSWORD not in os.environ and not sys.stdin.isatty():
        raise InputError("the key has a password", where=str(pkcs12), hint=f"put it into the variable {PASSWORD}")
    asked = os.environ.get(PASSWORD) or str(typer.prompt("Password of the key", hide_input=True, err=True))
    return Pkcs12(content=content, password=asked)


def _print(made: "Made", as_json: bool) -> None:
    if as_json:
        plain = {"folder": str(made.folder), "statement": made.statement.plain, "outside_pdf_a": made.outside}
        typer.echo(json.dumps(plain, indent=2))
        return
    typer.echo(plain_text([str(made.folder)]))
    if made.outside:
        what = "the signed PDF calls itself PDF 2.0, as keys on elliptic curves need, and so is no PDF/A-3 any more"
        print_problem("note", Problem(what=what, hint="sign by an RSA key where archives ask for PDF/A"))
