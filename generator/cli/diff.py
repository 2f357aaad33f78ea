"""`dossier diff`: two bundles → what changed, and what an approver must read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.options import AsJson, Quiet
from generator.cli.progress import progress
from generator.cli.report import plain_text, working

if TYPE_CHECKING:
    from generator.records.difference import Change, Difference, Kind

MOST = 40
"""Changes of one kind that are printed; JSON has them all."""
LONGEST = 160


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The folder of a bundle.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="That of a later one.", show_default=False)],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell what changed between two bundles, and who reads again.

    By verdict, gates, findings, alerts, what is declared and figures, not by text, as Markdown or JSON.
    """
    with working(as_json, quiet):
        from generator import pipeline
        from generator.catalog import CATALOG

        found = pipeline.diff(old, new, CATALOG, progress(quiet))
        typer.echo(json.dumps(_plain(found), indent=2) if as_json else plain_text(_lines(found)))


def _plain(found: Difference) -> dict[str, Any]:
    documents = [
        {"id": each.id, "title": each.title, "same": each.same, "changes": [change.id for change in each.changes]}
        for each in found.documents
    ]
    keys = ("kind", "id", "title", "before", "after")
    changes = [{key: value for key, value in asdict(change).items() if key in keys} for change in found.changes]
    return {"old": _name(found.old), "new": _name(found.new), "documents": documents, "changes": changes}


def _name(header: Any) -> dict[str, str]:
    return {"project": header.project, "version": header.version, "as_of": header.as_of.isoformat()}


def _lines(found: Difference) -> Iterator[str]:
    from generator.records.difference import KINDS

    old, new = (f"{each.version} as of {each.as_of.isoformat()}" for each in (found.old, found.new))
    yield f"# {found.new.project}: {old} → {new}"
    yield ""
    yield from _readings(found)
    printed = {change for document in found.documents for change in document.changes}
    for kind, title in KINDS.items():
        yield from _section(kind, title, [change for change in found.changes if change.kind == kind], printed)


def _readings(found: Difference) -> Iterator[str]:
    """Yield what an approver must read again, and what says the same as before."""
    if not found.changes and all(document.same for document in found.documents):
        yield "Nothing changed: each document says what it said."
        return
    yield "An approver must read again:"
    yield ""
    for document in found.documents:
        if document.same:
            yield f"- {document.title}: nothing, it says what it said"
        else:
            yield f"- {document.title}: {_counted(document.changes)}"


def _counted(changes: tuple[Change, ...]) -> str:
    from generator.records.difference import KINDS

    count = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    return ", ".join(f"{KINDS[kind].lower()} {n}" for kind, n in count.items() if n) or "words of its prose"


def _section(kind: Kind, title: str, changes: list[Change], printed: set[Change]) -> Iterator[str]:
    """Yield the changes of a kind as a table; figures and rows that no document prints are counted alone."""
    shown = [change for change in changes if kind not in ("figure", "words") or change in printed]
    if not changes:
        return
    yield from ("", f"## {title}", "")
    if shown:
        yield from (f"| {title} | before | after |", "|---|---|---|")
    for change in shown[:MOST]:
        name = change.title if change.title == change.id else f"{change.title} (`{change.id}`)"
        yield f"| {_cell(name)} | {_cell(change.before)} | {_cell(change.after)} |"
    if more := len(changes) - min(len(shown), MOST):
        yield from ("", f"{more:,} more that {'are' if more > 1 else 'is'} not shown here: `--json` has all.")


def _cell(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "\\|")
    return (plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…") or "none"
