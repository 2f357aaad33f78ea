"""Keeps what readers ask for, and whether it was there: facts by id, tables by id, the cells of a row by key."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.table import Cell, Table
from generator.subjects.kit.known import Known


@dataclass(frozen=True)
class Asks:
    """Each thing that was asked for → whether it was there, once at least."""

    facts: dict[str, bool] = field(default_factory=lambda: defaultdict(bool))
    tables: dict[str, bool] = field(default_factory=lambda: defaultdict(bool))
    cells: dict[str, bool] = field(default_factory=lambda: defaultdict(bool))

    @property
    def unmet(self) -> set[str]:
        """Return what was asked for and never there."""
        return {name for kind in (self.facts, self.tables, self.cells) for name, met in kind.items() if not met}


class Kept(dict[str, Any]):
    """A mapping that keeps what it is asked for."""

    def __init__(self, content: Mapping[str, Any], asks: dict[str, bool], prefix: str = "") -> None:
        super().__init__(content)
        self.asks, self.prefix = asks, prefix

    def __getitem__(self, key: str) -> Any:
        self.asks[self.prefix + key] |= key in self
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.asks[self.prefix + key] |= key in self
        return super().get(key, default)


@contextmanager
def kept(asks: Asks) -> Iterator[None]:
    """Keep what decisions ask for, and the cells that anybody reads by key, while this lasts."""
    fact, rows = Known.fact, Known.rows
    records: Any = Table.records

    def asked_fact(known: Known, id: str) -> Fact:
        found = fact(known, id)
        asks.facts[id] |= found.id in known.facts
        return found

    def asked_rows(known: Known, id: str) -> Any:
        asks.tables[id] |= id in known.tables
        return rows(known, id)

    def asked_records(table: Table) -> tuple[Mapping[str, Cell], ...]:
        return tuple(Kept(row, asks.cells, f"{table.id}: ") for row in records.fget(table))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Known, "fact", asked_fact)
        patch.setattr(Known, "rows", asked_rows)
        patch.setattr(Table, "records", property(asked_records))
        yield


def watched(results: Results, asks: Asks) -> Results:
    """Return results that keep what is asked of them."""
    return replace(results, facts=Kept(results.facts, asks.facts), tables=Kept(results.tables, asks.tables))
