"""Takes the nodes of documents by title and gives what they could not say, why, and what rests on it, as a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from generator.compose._asked import stem, wanted
from generator.compose._citations import HEAD, cited
from generator.records.document import LATER, Node, TableBlock
from generator.records.fact import Fact, facts_of
from generator.records.reason import general
from generator.records.results import Results
from generator.records.table import Column, Table

SHOWN = 3
"""Names of one reason that are printed; of more, the others are counted."""
COLUMNS = (
    Column(key="reason", label="Declare, or why not", wide=True),
    Column(key="what", label="Not available", wide=True),
    Column(key="rests", label="It would change", wide=True),
)


@dataclass
class _Gap:
    """What is missing for one reason: names, keys that would bring it, ids, and the places of the documents."""

    names: dict[str, None] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    places: set[int] = field(default_factory=set)


def gap_table(documents: Sequence[tuple[str, Sequence[Node]]], results: Results) -> Table:
    """Return what is not available, in the order of what it would change.

    What can be declared stands before what only rows or time can bring; in both what a gate rests on comes first, then
    what alerts and triggers need, then what the most figures wait for.
    """
    gates = {id: gate.title for gate in results.gates for id in _ids(gate.evidence, gate.value, gate.bound)}
    rules = {
        id: alert.id for alert in results.alerts for each in alert.levels for id in _ids(each.evidence, each.bound)
    }
    rules |= {id: each.id for each in results.triggers for id in _ids(each.evidence, each.threshold)}
    rows = []
    for reason, gap in _gaps(nodes for _, nodes in documents).items():
        decided = [sorted({title for id, title in each.items() if id in gap.ids}) for each in (gates, rules)]
        rests = [*decided[0], *decided[1], *(documents[place][0] for place in sorted(gap.places))]
        order = (not gap.keys, not decided[0], not decided[1], -len(gap.ids), min(gap.places))
        rows.append((order, (_counted(list(gap.keys)) or reason, _counted(list(gap.names)), _counted(rests))))
    rows.sort(key=lambda row: row[0])
    reason = "" if rows else "everything this document cites is available"
    return Table(id="gaps", title="Gaps", columns=COLUMNS, rows=tuple(row for _, row in rows), reason=reason)


def _gaps(documents: Iterable[Sequence[Node]]) -> dict[str, _Gap]:
    found: dict[str, _Gap] = {}
    for place, nodes in enumerate(documents):
        for name, lost in _missing(nodes):
            gap = found.setdefault(stem(lost.asks[0]) if lost.asks else general(lost.reason), _Gap())
            gap.names[name or lost.id] = None
            gap.keys |= dict.fromkeys([wanted(lost.asks)] if lost.asks else [])
            gap.ids.add(lost.id)
            gap.places.add(place)
    return found


def _missing(nodes: Sequence[Node]) -> Iterator[tuple[str, Fact | Table]]:
    """Yield the facts and tables that are not there by their names."""
    for fact in cited(nodes):
        if fact.value is None:
            yield fact.label, fact
    for node in nodes:
        if isinstance(node, TableBlock) and node.table.reason and not node.table.id.startswith((HEAD, *LATER)):
            yield node.table.title, node.table


def _ids(evidence: Sequence[str], *values: object) -> Iterator[str]:
    yield from evidence
    yield from (fact.id for fact in facts_of(values))


def _counted(names: list[str]) -> str:
    """Return the names, or the first of them and how many there are."""
    if len(names) <= SHOWN + 1:
        return "; ".join(names)
    return f"{'; '.join(names[:SHOWN])}; and {len(names) - SHOWN:,} more"
