"""Takes the nodes of one document or of a bundle and gives their evidence and their gaps, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.records.document import KeyFiguresBlock, Node, NumberNode, TableBlock
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.notation import general, write_range
from generator.records.table import Column, Table

LATER = ("evidence", "gaps")
"""Tables that are filled when the document is at its end."""
SHOWN = 4
"""Names of gaps of one reason that are printed; of more, the others are counted."""
HEAD = "head."
"""Facts and tables of the header stand for themselves."""


def cited(nodes: Iterable[Node]) -> tuple[Fact, ...]:
    """Return every fact of the nodes once: those of prose first, then those of tables."""
    every = tuple(nodes)
    prose = (node for node in every if isinstance(node, NumberNode | KeyFiguresBlock))
    found = {fact.id: fact for node in (*prose, *every) for fact in facts_of(node)}
    return tuple(fact for id, fact in found.items() if not id.startswith(HEAD))


def evidence_table(facts: Iterable[Fact], currency: str) -> Table:
    """Return where each cited number comes from."""
    columns = (
        Column(key="fact", label="Evidence"),
        Column(key="value", label="Value"),
        Column(key="interval", label="Range"),
        Column(key="n", label="n"),
        Column(key="origin", label="Origin"),
        Column(key="method", label="Method", wide=True),
        Column(key="source", label="Source", wide=True),
    )
    known = [fact for fact in facts if fact.value is not None]
    known.sort(key=lambda fact: isinstance(fact.value, str))  # figures first: they are what an approver checks
    rows = tuple(_evidence(fact, currency) for fact in known)
    return _table("evidence", "Evidence", columns, rows, "this document cites no number")


def gap_table(facts: Iterable[Fact], nodes: Iterable[Node]) -> Table:
    """Return what is not available, by reason."""
    reasons: dict[str, list[str]] = {}
    for fact in facts:
        if fact.value is None:
            reasons.setdefault(general(fact.reason), []).append(fact.label or fact.id)
    for node in nodes:
        if isinstance(node, TableBlock) and node.table.reason and not node.table.id.startswith((HEAD, *LATER)):
            reasons.setdefault(general(node.table.reason), []).append(node.table.title or node.table.id)
    columns = (Column(key="what", label="Not available", wide=True), Column(key="reason", label="Reason", wide=True))
    rows = tuple((_counted(list(dict.fromkeys(names))), reason) for reason, names in reasons.items())
    return _table("gaps", "Gaps", columns, rows, "everything this document cites is available")


def _counted(names: list[str]) -> str:
    """Return the names, or the first of them and how many there are."""
    if len(names) <= SHOWN + 1:
        return "; ".join(names)
    return f"{'; '.join(names[:SHOWN])}; and {len(names) - SHOWN:,} more of this kind"


def _evidence(fact: Fact, currency: str) -> tuple[Fact | Sentence | str, ...]:
    interval: Sentence = (write_range(fact, currency=currency, whole=True),) if fact.low is not None else ()
    count: Sentence = (f"{fact.n:,}",) if fact.n is not None else ()
    method: Sentence = (fact.method,) if fact.method else ()
    source: Sentence = (fact.source,) if fact.source else ()
    return (fact.id, fact, interval, count, fact.origin, method, source)


def _table(id: str, title: str, columns: tuple[Column, ...], rows: tuple[tuple[Any, ...], ...], reason: str) -> Table:
    return Table(id=id, title=title, columns=columns, rows=rows, reason="" if rows else reason)
