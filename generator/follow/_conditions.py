"""Takes the results of a bundle and the records since, gives the conditions that are open today."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.records.journal import Record, closed_by
from generator.records.notation import spell
from generator.records.results import Results
from generator.records.table import day_of
from generator.subjects.journal import unsettled


@dataclass(frozen=True, kw_only=True)
class Open:
    """A condition that is open today."""

    id: str
    words: str
    owner: str
    due: datetime.date | None
    blocks: str


def open_of(results: Results, records: Iterable[Record]) -> Iterator[Open]:
    """Yield the conditions of the bundle that no record has closed since."""
    closed, gates = closed_by(records), {gate.id: gate for gate in results.gates}
    for row in results.tables["conditions.all"].records:
        id, words = str(row["id"]), row["must"]
        if id not in closed or unsettled(id, gates):
            yield Open(
                id=id,
                words=spell(words, currency=results.header.currency) if isinstance(words, tuple) else str(words),
                owner=str(row["owner"]),
                due=day_of(row["due"]),
                blocks=str(row["blocks"]),
            )
