"""`dossier doctor`: this machine → what a build needs and has, and what to install where it has not."""

import json

import typer

from generator.cli.machine import Check, checks
from generator.cli.options import AsJson
from generator.cli.report import plain_text, working

LACKS = 3
WORDS = {"ok": "ok", "lacks": "LACKS", "note": "note"}


def doctor(as_json: AsJson = False) -> None:
    """Tell whether everything a build needs is here.

    What is not is named with the command that installs it, and the exit code is 3.
    """
    with working(as_json, quiet=False):
        found = checks()
        if as_json:
            plain = {"ready": not _lacking(found), "checks": [vars(check) for check in found]}
            typer.echo(json.dumps(plain, indent=2))
        else:
            typer.echo(plain_text(_lines(found)))
        if _lacking(found):
            raise typer.Exit(LACKS)


def _lacking(found: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in found if check.state == "lacks")


def _lines(found: tuple[Check, ...]) -> list[str]:
    width = max(len(check.name) for check in found)
    lines = []
    for check in found:
        lines.append(f"{WORDS[check.state]:<5}  {check.name:<{width}}  {check.found}".rstrip())
        lines += [f"       {'':<{width}}  try: {check.hint}"] if check.hint else []
    count = len(_lacking(found))
    return [*lines, f"{count} of {len(found)} things are missing" if count else "everything a build needs is here"]
