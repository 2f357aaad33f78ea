"""`dossier list`: the catalogue → what a build is made of, by kind."""

import json

import typer

from generator.cli.contents import contents
from generator.cli.options import AsJson
from generator.cli.report import reported


def list_(as_json: AsJson = False) -> None:
    """List documents, analyses, formats, engines, model readers.

    Also decisions, figures and companions: everything that the program is made of, by the id that options take.
    """
    with reported(as_json):
        if as_json:
            plain = {kind: [{"id": i, "title": t} for i, t in entries] for kind, entries in contents().items()}
            typer.echo(json.dumps(plain, indent=2))
            return
        width = max(len(id) for entries in contents().values() for id, _ in entries)
        for kind, entries in contents().items():
            lines = [f"  {id:<{width}}  {title}" for id, title in entries] or ["  (none)"]
            typer.echo("\n".join([kind, *lines]))
