"""Takes a table, gives the columns that tell several horizons of its forecasts: days of issue and target, or a lead."""

import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import permutations

import pyarrow as pa
import pyarrow.compute as pc

from generator.engines import Engine, Scan, SourceTable
from generator.errors import InputError
from generator.measure.dates import days_of
from generator.measure.inputs import OpenInputs
from generator.records.inspection import HORIZON, Leads, plain

ISSUED = re.compile(
    r"(?:^|_)(?:issue|issued|origin|cutoff|made)(?:_(?:date|day|time|datetime|timestamp|at|on))?$"
    r"|^(?:forecast|forecasted|run)_(?:date|day|time|at|on)$"
)
TARGETED = re.compile(r"(?:^|_)(?:target|valid|for)(?:_(?:date|day|time|datetime|timestamp|on))?$|^(?:date|day|ds)$")
CROSSED = 1 / 3
"""Share of issues × leads that is there where each issue has most of the leads; two dates by chance have fewer."""
EVEN, FEWEST = 2 / 3, 5
"""Share of issues that have equally many rows of every lead, and the fewest of them, where no name says what dates are:
orders and their deliveries are never so."""
FEW = 50
"""Values of a horizon; a column of more is something else."""
Pairs = Mapping[tuple[str, str], int]


def leads(
    engine: Engine, table: SourceTable, columns: Collection[str], dates: Collection[str] = ()
) -> tuple[Leads, ...]:
    """Return the leads between days of issue and target days, where there are several.

    Names tell which days are which; of two other columns of `dates` the values do, where they leave no doubt.
    """
    issues = [name for name in columns if ISSUED.search(plain(name))]
    targets = [name for name in columns if TARGETED.search(plain(name)) and name not in issues]
    named = [(issued, target) for issued in issues for target in targets]
    others = [pair for pair in permutations(sorted(dates), 2) if pair not in named and pair[::-1] not in named]
    found = [_between(_counted(engine, table, *pair), *pair, even=False) for pair in named]
    counted = {pair: _counted(engine, table, *pair) for pair in others if pair[0] < pair[1]}
    counted |= {pair[::-1]: {days[::-1]: rows for days, rows in pairs.items()} for pair, pairs in counted.items()}
    found += [_between(counted[pair], *pair, even=True) for pair in others]
    return tuple(one for one in found if one is not None)


def check_horizons(opened: OpenInputs) -> None:
    """Raise InputError where columns of production that the project does not name tell of several horizons."""
    data, engine, table = opened.project.settings.data, opened.engine, opened.table
    named = {*data.exclude, *(segment.column for segment in data.segments)}
    named |= {*opened.features} if opened.model or data.features else set()
    rest = tuple(name for name in opened.schema if name not in named)
    for one in (*_ahead(engine, table, rest), *leads(engine, table, rest)):
        hint = f"{one.cure}, or say that it is no horizon with {one.issued} under data.exclude"
        raise InputError(one.told, where=opened.table.name, hint=hint)


def _ahead(engine: Engine, table: SourceTable, columns: Collection[str]) -> Iterator[Leads]:
    for name in columns:
        if HORIZON.search(plain(name)):
            scan = Scan(table=table, numeric=(), text=(name,))
            values: frozenset[str] = engine.fold(scan, _values, frozenset.union) or frozenset()
            if 1 < len(values) <= FEW:
                yield Leads(issued=name, ahead=tuple(sorted(values)))


def _values(batch: pa.RecordBatch) -> frozenset[str]:
    return frozenset(pc.unique(batch.column(0)).drop_null().to_pylist())


def _counted(engine: Engine, table: SourceTable, one: str, other: str) -> Pairs:
    return engine.fold(Scan(table=table, numeric=(), text=(one, other)), _pairs, _added) or {}


def _between(pairs: Pairs, issued: str, target: str, *, even: bool) -> Leads | None:
    begun, ended = days_of(issued, {one for one, _ in pairs}), days_of(target, {other for _, other in pairs})
    rows: Counter[tuple[datetime.date, int]] = Counter()
    for (one, other), count in pairs.items():
        if one in begun and other in ended:
            rows[begun[one], (ended[other] - begun[one]).days] += count
    ahead = sorted({days for _, days in rows})
    issues = {day for day, _ in rows}
    if len(ahead) < 2 or ahead[0] < 0 or len(rows) < CROSSED * len(issues) * len(ahead):
        return None
    if even and not _are_even(rows, issues, ahead):
        return None
    return Leads(issued=issued, target=target, ahead=tuple(map(str, ahead)))


def _are_even(rows: Counter[tuple[datetime.date, int]], issues: set[datetime.date], ahead: list[int]) -> bool:
    alike = sum(len(found := {rows[day, lead] for lead in ahead}) == 1 and 0 not in found for day in issues)
    return len(ahead) <= FEW and alike >= max(FEWEST, EVEN * len(issues))


def _added(one: Pairs, other: Pairs) -> Pairs:
    return Counter(one) + Counter(other)


def _pairs(batch: pa.RecordBatch) -> Pairs:
    days = [pc.replace_substring_regex(column, r"[ T].*", "") for column in batch.columns]
    found = pa.table(dict(zip("ab", days, strict=True))).drop_null().group_by(["a", "b"]).aggregate([([], "count_all")])
    counted = zip(found["a"].to_pylist(), found["b"].to_pylist(), found["count_all"].to_pylist(), strict=True)
    return {(one, other): count for one, other, count in counted}
