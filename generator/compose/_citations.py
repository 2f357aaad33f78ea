"""Takes the nodes of documents and gives where their numbers come from and how they were worked out, as tables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from generator.records.document import KeyFiguresBlock, Node, NumberNode
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.notation import write_range
from generator.records.project import Settings
from generator.records.results import Results
from generator.records.table import Column, Table

HEAD = "head."
"""Facts and tables of the header stand for themselves."""
SECTIONS = {field.name for field in fields(Settings)}
KEY = re.compile(r"\w+(\.[\w%-]+)+")
"""What a key of the project file looks like, and in which of its sections it may stand."""
NUMBER = re.compile(r"\d[\d.,]*")


def cited(nodes: Iterable[Node]) -> tuple[Fact, ...]:
    """Return every fact of the nodes once: those of prose first, then those of tables."""
    every = tuple(nodes)
    prose = (node for node in every if isinstance(node, NumberNode | KeyFiguresBlock))
    found = {fact.id: fact for node in (*prose, *every) for fact in facts_of(node)}
    return tuple(fact for id, fact in found.items() if not id.startswith(HEAD))


def evidence_table(facts: Iterable[Fact], results: Results) -> Table:
    """Return where each cited number comes from, and each number that one of them was worked out from."""
    columns = (
        Column(key="fact", label="Evidence"),
        Column(key="value", label="Value"),
        Column(key="interval", label="Range"),
        Column(key="n", label="n"),
        Column(key="origin", label="Origin"),
        Column(key="method", label="Method", wide=True),
        Column(key="source", label="Source", wide=True),
    )
    known = [*_with_sources((fact for fact in facts if fact.value is not None), results)]
    known.sort(key=lambda fact: isinstance(fact.value, str))  # figures first: they are what an approver checks
    rows = tuple(_evidence(fact, results) for fact in known)
    return _table("evidence", "Evidence", columns, rows, "this document cites no number")


def _with_sources(facts: Iterable[Fact], results: Results) -> Iterator[Fact]:
    """Yield facts, then those that their sources name and those that these name, each once."""
    waiting = {fact.id: fact for fact in facts}
    done: set[str] = set()
    while waiting:
        yield from waiting.values()
        done |= waiting.keys()
        named = (id for fact in waiting.values() for id in fact.source.split(", "))
        waiting = {id: results.facts[id] for id in named if id in results.facts and id not in done}


def _located(source: str, results: Results) -> str:
    """Return a source with its keys of the project file told apart from ids of facts and tables."""
    return ", ".join(f"key of the project file: {one}" if _is_key(one, results) else one for one in source.split(", "))


def _is_key(name: str, results: Results) -> bool:
    known = name in results.facts or name in results.tables
    return not known and name.partition(".")[0] in SECTIONS and KEY.fullmatch(name) is not None


def method_table(facts: Iterable[Fact]) -> Table:
    """Return the methods behind the cited numbers, that of the most numbers first, each with one of them.

    Methods that differ by a count alone are one.
    """
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.value is not None and fact.method and fact.origin != "declared":
            found.setdefault(NUMBER.sub("", fact.method), []).append(fact)
    ranked = sorted(found.values(), key=len, reverse=True)
    columns = (
        Column(key="method", label="Method", wide=True),
        Column(key="figures", label="Figures"),
        Column(key="evidence", label="One of them"),
    )
    rows = tuple((each[0].method, f"{len(each):,}", each[0].id) for each in ranked)
    return _table("methods", "Methods", columns, rows, "no number is worked out")


def _evidence(fact: Fact, results: Results) -> tuple[Fact | Sentence | str, ...]:
    interval: Sentence = (
        (write_range(fact, currency=results.header.currency, whole=True),) if fact.low is not None else ()
    )
    count: Sentence = (f"{fact.n:,}",) if fact.n is not None else ()
    method: Sentence = (fact.method,) if fact.method else ()
    source: Sentence = (_located(fact.source, results),) if fact.source else ()
    return (fact.id, fact, interval, count, fact.origin, method, source)


def _table(id: str, title: str, columns: tuple[Column, ...], rows: tuple[tuple[Any, ...], ...], reason: str) -> Table:
    return Table(id=id, title=title, columns=columns, rows=rows, reason="" if rows else reason)
