"""`dossier record`: what has happened to a version, and the file that shows it → a line that stays."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from generator.cli.options import AsJson, found, places
from generator.cli.report import reported

SINGLE = {"drill": "held", "condition": "closed"}
"""The state of what is recorded without one."""
OF_VERSION = ("state", "traffic")


def record(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A folder with a dossier.yaml, or the file.")],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="state, traffic, control, drill or condition.")],
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="The state or share of the version, the control, the drill, the condition's id."
        ),
    ],
    state: Annotated[
        str | None,
        typer.Argument(metavar="STATE", help="Of a control: specified, built, tested or live.", show_default=False),
    ] = None,
    *,
    evidence: Annotated[Path, typer.Option(metavar="FILE", help="The file that shows it; its digest is kept.")],
    who: Annotated[str, typer.Option(metavar="NAME", help="Who says so.", envvar="DOSSIER_WHO")],
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], metavar="DATE", help="The day it happened; else today."),
    ] = None,
    version: Annotated[
        str | None,
        typer.Option("--of", metavar="VERSION", help="The model's version; else the project's.", show_default=False),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The bundle that has the condition; else the newest.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record what has happened, with its evidence.

    state candidate, shadow, canary, in_service or retired; traffic 10%, the share of a canary; control monitoring,
    alerts, rollback, contract, fallback or on_call, and how far it is; drill rollback; condition ID, which closes it
    (ID open opens it again). The line goes to records.jsonl beside the project file, where it stays; the next build
    knows it from its date on.
    """
    with reported(as_json):
        place = found(project)
        from generator.follow.record import RecordWish, record

        about, reached = (
            ("version", what) if kind in OF_VERSION and state is None else (what, state or SINGLE.get(kind, ""))
        )
        wish = RecordWish(
            kind=kind,
            about=about,
            state=reached,
            date=day.date() if day else date.today(),
            who=who,
            evidence=evidence,
            version=version,
            bundle=bundle,
        )
        kept, new = record(place, wish, date.today(), places(place))
        if as_json:
            typer.echo(json.dumps({"new": new, "line": kept.line, "record": json.loads(kept.text)}, indent=2))
        else:
            typer.echo(kept.place if new else f"{kept.place}, where it stands already")
