"""`dossier diff`: two bundles → what changed, and what an approver must read again."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from generator.cli.options import AsJson, Quiet
from generator.cli.progress import progress
from generator.cli.report import plain_text, working

if TYPE_CHECKING:
    from generator.records.change import Change, Kind
    from generator.records.difference import Difference, DocumentReading

MOST = 40
"""Changes of one kind that are printed; JSON has them all."""
LONGEST = 160
Form = Literal["md", "html", "json"]


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The folder of a bundle.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="That of a later one.", show_default=False)],
    form: Annotated[Form, typer.Option("--format", help="What is printed.")] = "md",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell what changed between two bundles, and who reads again.

    By verdict, request, gates, advice, thresholds, inputs of the model, costs, owners, dates, words and figures, not by
    text, as Markdown, as a page, or as JSON.
    """
    with working(as_json, quiet):
        from generator import pipeline
        from generator.catalog import CATALOG

        print_difference(pipeline.diff(old, new, CATALOG, progress(quiet)), "json" if as_json else form)


def print_difference(found: "Difference", form: Form) -> None:
    """Print what changed, as Markdown, as a page or as JSON."""
    if form == "json":
        typer.echo(json.dumps(_plain(found), indent=2))
    elif form == "html":
        from generator.render import differences

        typer.echo(differences(found), nl=False)
    else:
        typer.echo(plain_text(_lines(found)))


def _plain(found: "Difference") -> dict[str, Any]:
    from generator.records.difference import by_consequence

    documents = [
        {"id": each.id, "title": each.title, "same": each.same, "changes": [change.id for change in each.changes]}
        for each in found.documents
    ]
    keys = ("kind", "id", "title", "before", "after")
    changes = [{key: value for key, value in asdict(change).items() if key in keys} for change in found.changes]
    again = [each.id for each in by_consequence(found.documents)]
    old, new = _name(found.old), _name(found.new)
    return {"old": old, "new": new, "read_again": again, "documents": documents, "changes": changes}


def _name(header: Any) -> dict[str, str]:
    return {"project": header.project, "version": header.version, "as_of": header.as_of.isoformat()}


def _lines(found: "Difference") -> Iterator[str]:
    from generator.records.change import KINDS

    old, new = (f"{each.version} as of {each.as_of.isoformat()}" for each in (found.old, found.new))
    yield f"# {found.new.project}: {old} → {new}"
    yield ""
    yield from _readings(found)
    printed = {change for document in found.documents for change in document.changes}
    for kind, title in KINDS.items():
        yield from _section(kind, title, [change for change in found.changes if change.kind == kind], printed)


def _readings(found: "Difference") -> Iterator[str]:
    """Yield what an approver must read again, the weightiest first, and what says the same as before."""
    from generator.records.difference import by_consequence

    again = by_consequence(found.documents)
    if not found.changes and not again:
        yield "Nothing changed: each document says what it said."
        return
    yield (
        "An approver must read again:" if again else "An approver need not read again: each document says what it said."
    )
    yield from ("", *(f"- {each.title}: {_counted(each)}" for each in again))
    if again and len(again) < len(found.documents):
        same = ", ".join(each.title for each in found.documents if each.same)
        yield from ("", f"As before: {same}.")


def _counted(document: "DocumentReading") -> str:
    from generator.records.change import FOLLOWS, KINDS

    count = {kind: sum(change.kind == kind for change in document.changes) for kind in KINDS}
    words = ", ".join(f"{KINDS[kind].lower()} {n}" for kind, n in count.items() if n) or "words of its prose"
    first = next((change for change in document.changes if change.kind not in FOLLOWS), None)
    return f"{words}; first {_told(first)}" if first else words


def _told(change: "Change") -> str:
    return f"{change.title}: {_cell(change.before)} → {_cell(change.after)}"


def _section(kind: "Kind", title: str, changes: "list[Change]", printed: "set[Change]") -> Iterator[str]:
    """Yield the changes of a kind as a table; figures and rows that no document prints are counted alone."""
    from generator.records.change import FOLLOWS

    shown = [change for change in changes if kind not in FOLLOWS or change in printed]
    if not changes:
        return
    yield from ("", f"## {title}", "")
    if shown:
        yield from (f"| {title} | before | after |", "|---|---|---|")
    for change in shown[:MOST]:
        name = change.title if change.title == change.id else f"{change.title} (`{change.id}`)"
        yield f"| {_cell(name)} | {_cell(change.before)} | {_cell(change.after)} |"
    if more := len(changes) - min(len(shown), MOST):
        yield from ("", f"{more:,} more that {'are' if more > 1 else 'is'} not shown here: `--format json` has all.")


def _cell(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "\\|")
    return (plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…") or "none"
