"""Takes a table, gives the columns that tell several horizons of its forecasts: days of issue and target, or a lead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from generator.engines import Engine, Scan, Table
from generator.errors import InputError
from generator.measure.dates import days_of
from generator.measure.inputs import Opened
from generator.records.inspection import HORIZON, Leads, plain

ISSUED = re.compile(
    r"(?:^|_)(?:issue|issued|origin|cutoff|made)(?:_(?:date|day|time|datetime|timestamp|at|on))?$"
    r"|^(?:forecast|forecasted|run)_(?:date|day|time|at|on)$"
)
TARGETED = re.compile(r"(?:^|_)(?:target|valid|for)(?:_(?:date|day|time|datetime|timestamp|on))?$|^(?:date|day|ds)$")
CROSSED = 1 / 3
"""Share of issues × leads that is there where each issue has most of the leads; two dates by chance have fewer."""
FEW = 50
"""Values of a horizon; a column of more is something else."""
Pairs = frozenset[tuple[str, str]]


def leads(engine: Engine, table: Table, columns: Collection[str]) -> tuple[Leads, ...]:
    """Return the leads between columns of days of issue and of target days, where there are several."""
    issues = [name for name in columns if ISSUED.search(plain(name))]
    targets = [name for name in columns if TARGETED.search(plain(name)) and name not in issues]
    found = (_between(engine, table, issued, target) for issued in issues for target in targets)
    return tuple(one for one in found if one is not None)


def check_horizons(opened: Opened) -> None:
    """Raise InputError where columns of production that the project does not name tell of several horizons."""
    data, engine, table = opened.project.settings.data, opened.engine, opened.table
    named = {*data.exclude, *(segment.column for segment in data.segments)}
    named |= {*opened.features} if opened.model or data.features else set()
    rest = tuple(name for name in opened.schema if name not in named)
    for one in (*_ahead(engine, table, rest), *leads(engine, table, rest)):
        hint = f"{one.cure}, or say that it is no horizon with {one.issued} under data.exclude"
        raise InputError(one.told, where=opened.table.name, hint=hint)


def _ahead(engine: Engine, table: Table, columns: Collection[str]) -> Iterator[Leads]:
    for name in columns:
        if HORIZON.search(plain(name)):
            scan = Scan(table=table, numeric=(), text=(name,))
            values: frozenset[str] = engine.fold(scan, _values, frozenset.union) or frozenset()
            if 1 < len(values) <= FEW:
                yield Leads(issued=name, ahead=tuple(sorted(values)))


def _values(batch: pa.RecordBatch) -> frozenset[str]:
    return frozenset(pc.unique(batch.column(0)).drop_null().to_pylist())


def _between(engine: Engine, table: Table, issued: str, target: str) -> Leads | None:
    scan = Scan(table=table, numeric=(), text=(issued, target))
    pairs: Pairs = engine.fold(scan, _pairs, frozenset.union) or frozenset()
    begun, ended = days_of(issued, {one for one, _ in pairs}), days_of(target, {other for _, other in pairs})
    found = {(begun[one], (ended[other] - begun[one]).days) for one, other in pairs if one in begun and other in ended}
    ahead = sorted({days for _, days in found})
    grid = len({day for day, _ in found}) * len(ahead)
    if len(ahead) < 2 or ahead[0] < 0 or len(found) < CROSSED * grid:
        return None
    return Leads(issued=issued, target=target, ahead=tuple(map(str, ahead)))


def _pairs(batch: pa.RecordBatch) -> Pairs:
    days = [pc.replace_substring_regex(column, r"[ T].*", "") for column in batch.columns]
    found = pa.table(dict(zip("ab", days, strict=True))).drop_null().group_by(["a", "b"]).aggregate([])
    return frozenset(zip(found["a"].to_pylist(), found["b"].to_pylist(), strict=True))
