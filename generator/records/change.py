"""One thing that is not what it was, and how much the kinds of such things weigh."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from generator.records.table import Cell, Column, Table

Kind = Literal[
    "verdict",
    "request",
    "gate",
    "advice",
    "alert",
    "trigger",
    "finding",
    "feature",
    "cost",
    "owner",
    "date",
    "declared",
    "input",
    "words",
    "figure",
]
"""The kinds of changes, those first that weigh most."""
KINDS: Mapping[Kind, str] = {
    "verdict": "Verdict",
    "request": "What is asked for",
    "gate": "Gates",
    "advice": "Advice",
    "alert": "Thresholds of alerts",
    "trigger": "Triggers",
    "finding": "Findings",
    "feature": "Inputs of the model",
    "cost": "Costs",
    "owner": "Owners",
    "date": "Dates",
    "declared": "What is declared",
    "input": "Files it was made from",
    "words": "Rows of tables",
    "figure": "Figures",
}
FOLLOWS: tuple[Kind, ...] = ("words", "figure")
"""Kinds that mostly follow from the others: they are counted where there is little room."""
TABLE = "changes.since"
"""The table of results that keeps what changed since the bundle before."""
SAID = "changes.documents"
"""The table of results that keeps the content digest of each document of the bundle before."""
OF_CHANGES = "changes."
"""How the ids begin of what compares two bundles and says nothing of its own."""
UNCHANGED = "Nothing that this document says has changed since "
"""How the section of changes begins of a document that an approver need not read again."""
PREVIOUS = "previous bundle"
"""What an input is called that is the bundle before."""
COLUMNS = ("kind", "id", "title", "before", "after", "facts", "tables", "printed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that is not what it was; `before` or `after` is empty where there is none.

    `facts` and `tables` are the ids of what prints it, `printed` those of documents that printed it before.
    """

    kind: Kind
    id: str
    title: str
    before: str
    after: str
    facts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()


def kept(changes: Iterable[Change]) -> Table:
    """Return changes as the table of results that keeps them."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.kind,
            each.id,
            each.title,
            each.before,
            each.after,
            *map(" ".join, (each.facts, each.tables, each.printed)),
        )
        for each in changes
    ]
    columns = tuple(Column(key=key, label=key.capitalize()) for key in COLUMNS)
    reason = "" if rows else "nothing changed"
    return Table(id=TABLE, title="What changed", columns=columns, rows=tuple(rows), reason=reason)


def said_before(digests: Mapping[str, str]) -> Table:
    """Return the content digests of the documents of the bundle before, as the table of results that keeps them."""
    columns = (Column(key="document", label="Document"), Column(key="digest", label="Content before"))
    rows = tuple(sorted(digests.items()))
    reason = "" if rows else "the bundle before does not say"
    return Table(id=SAID, title="What the documents said before", columns=columns, rows=rows, reason=reason)


def changes_in(tables: Mapping[str, Table]) -> Iterator[Change]:
    """Yield the changes that the tables of results keep, none where there was no bundle before."""
    for row in tables[TABLE].rows if TABLE in tables else ():
        kind, id, title, before, after, facts, listed, printed = map(str, row)
        yield Change(
            kind=next(name for name in get_args(Kind) if name == kind),
            id=id,
            title=title,
            before=before,
            after=after,
            facts=tuple(facts.split()),
            tables=tuple(listed.split()),
            printed=tuple(printed.split()),
        )
