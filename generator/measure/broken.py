"""Takes the rules of the contract and a table of rows, gives how many rows, or days, break each: one pass."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from generator.engines import Engine, Scan, SourceTable
from generator.errors import InputError
from generator.measure.align import add_rows, union
from generator.measure.clock import date_of
from generator.measure.contract import outside
from generator.measure.frame import Beyond, Bools, Texts, read_days, read_given, read_texts
from generator.measure.tables import nearest, open_table
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import is_rejection
from generator.records.ledger import Plan
from generator.records.project import Project
from generator.records.rules import OF_DAYS, OF_KEYS, FeatureRule, FileCounts, RuleCount, least_rows
from generator.records.watch import Watch, unwatched

NO_COLUMN, NO_PREDICTION = "the file has no such column", "the file has no column of predictions"
NO_LEVELS = "no levels are known from training"
OUTPUT = "\ue000output"
"""Name of the predictions among the columns of a batch."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    """What every batch is held against: the features that the file has, the rules of rows, the declared actions."""

    numeric: tuple[str, ...]
    texts: tuple[str, ...]
    absent: frozenset[str]
    prediction: str | None
    rules: tuple[FeatureRule, ...]
    actions: tuple[str, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Return the features that the file has."""
        return (*self.numeric, *self.texts)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sums:
    """Rows that break each rule (R,) and bring each action (A,); by day (D,) rows and missing values (D, F)."""

    broken: IntArray
    actions: IntArray
    rejected: int
    days: IntArray
    rows: FloatArray
    missing: FloatArray


def count_broken(
    project: Project,
    engine: Engine,
    rules: tuple[FeatureRule, ...],
    plan: Plan,
    name: str,
    *,
    jobs: int = 1,
    watch: Watch = unwatched,
) -> FileCounts:
    """Return what the rows of a file, a pattern or an address say of the rules; rows stay in no memory."""
    table = open_table(project, name, "is the path right?")
    schema = engine.schema(table)
    kept = tuple(rule for rule in rules if rule.kind != OF_KEYS)
    asked, scan = _asked(project, kept, plan, schema), _scan(project, table, plan, schema)
    if not asked.features:
        hint = nearest(plan.features[0], tuple(schema), set(plan.features)) if plan.features else ""
        raise InputError("the file has none of the model's features", where=table.name, hint=hint)
    tick = watch(table.name, engine.about(table))

    def told(batch: pa.RecordBatch) -> _Sums:
        sums = _partial(batch, asked)
        tick(batch.num_rows)
        return sums

    try:
        sums = engine.fold(scan, told, _merged, jobs)
    except Beyond as error:
        raise InputError(f"column {scan.time} {error.what}", where=table.name, hint=error.hint) from error
    if sums is None:
        raise InputError("the table has no rows", where=table.name, hint="at least one row below the header")
    return _counted(asked, sums, table.name, _unreadable(engine, scan, asked, sums))


def _asked(project: Project, rules: tuple[FeatureRule, ...], plan: Plan, schema: Mapping[str, str]) -> _Asked:
    prediction = project.settings.data.prediction
    return _Asked(
        numeric=tuple(name for name in plan.numeric if name in schema),
        texts=tuple(name for name in plan.categorical if name in schema),
        absent=frozenset(name for name in plan.features if name not in schema),
        prediction=prediction if prediction in schema else None,
        rules=rules,
        actions=tuple(dict.fromkeys(rule.on_breach for rule in rules if _acts(rule))),
    )


def _scan(project: Project, table: SourceTable, plan: Plan, schema: Mapping[str, str]) -> Scan:
    data = project.settings.data
    wanted = dict.fromkeys(name for name in (*plan.numeric, data.prediction) if name is not None and name in schema)
    return Scan(
        table=table,
        numeric=tuple(wanted),
        text=tuple(name for name in plan.categorical if name in schema),
        time=data.time if data.time in schema else None,
        time_format=data.time_format,
        zone=project.settings.project.time_zone,
        lenient=True,
    )


def _partial(batch: pa.RecordBatch, asked: _Asked) -> _Sums:
    values = {name: read_given(batch, name)[0] for name in asked.numeric}
    texts = {name: read_texts(batch, name) for name in asked.texts}
    gone = {name: np.isnan(column) for name, column in values.items()}
    gone |= {name: column.codes < 0 for name, column in texts.items()}
    gone |= dict.fromkeys(asked.absent, np.ones(batch.num_rows, dtype=np.bool_))
    if asked.prediction:
        values[OUTPUT] = read_given(batch, asked.prediction)[0]
    broken = np.zeros(len(asked.rules), dtype=np.int64)
    by_action = np.zeros((len(asked.actions), batch.num_rows), dtype=np.bool_)
    for place, rule in enumerate(asked.rules):
        where = _where(rule, values, texts, gone)
        if where is not None:
            broken[place] = np.count_nonzero(where)
            if _acts(rule):
                by_action[asked.actions.index(rule.on_breach)] |= where
    days, day = np.unique(read_days(batch), return_inverse=True)
    missing = [np.bincount(day[gone[name]], minlength=days.size) for name in asked.features]
    return _Sums(
        broken=broken,
        actions=np.count_nonzero(by_action, axis=1),
        rejected=int(by_action[[is_rejection(action) for action in asked.actions]].any(axis=0).sum()),
        days=days,
        rows=np.bincount(day, minlength=days.size).astype(np.float64),
        missing=np.stack(missing, axis=1).astype(np.float64),
    )


def _where(
    rule: FeatureRule, values: Mapping[str, FloatArray], texts: Mapping[str, Texts], gone: Mapping[str, Bools]
) -> Bools | None:
    """Return the rows of a batch that break a rule; None where nothing can be held against it."""
    column = OUTPUT if rule.kind == "output" else rule.feature
    if rule.kind == "missing":
        return gone.get(column)
    if rule.levels and column in texts:
        unseen: Bools = texts[column].recode(rule.levels) == len(rule.levels)
        return unseen
    return (
        outside(values[column], rule.low, rule.high) if rule.kind in {"range", "output"} and column in values else None
    )


def _acts(rule: FeatureRule) -> bool:
    """Return whether what is declared of a broken rule happens to the row."""
    return rule.kind not in OF_DAYS | {"output"} and rule.severity != "info"


def _merged(a: _Sums, b: _Sums) -> _Sums:
    days, (from_a, from_b) = union(a.days, b.days)
    size = days.size
    return _Sums(
        broken=a.broken + b.broken,
        actions=a.actions + b.actions,
        rejected=a.rejected + b.rejected,
        days=days,
        rows=add_rows(a.rows, from_a, size) + add_rows(b.rows, from_b, size),
        missing=add_rows(a.missing, from_a, size) + add_rows(b.missing, from_b, size),
    )


def _unreadable(engine: Engine, scan: Scan, asked: _Asked, sums: _Sums) -> dict[str, int]:
    """Return the values by column that do not read as what they are; only columns that lack values can have some."""
    lacking = sums.missing.sum(axis=0) > 0
    some = tuple(name for name, lacks in zip(asked.features, lacking, strict=True) if lacks and name in scan.numeric)
    late = scan.time if (sums.days < 0).any() else None
    if not some and late is None:
        return {}
    found = engine.unreadable(replace(scan, numeric=some, text=(), time=late))
    return {name: n for name, (n, _) in found.items()}


def _counted(asked: _Asked, sums: _Sums, name: str, unreadable: dict[str, int]) -> FileCounts:
    dated = sums.days >= 0
    rows = int(sums.rows.sum())
    rates, held = _rates(sums, dated), sums.rows[dated] if dated.any() else np.asarray([rows])
    order = np.argsort(-sums.actions, kind="stable")
    return FileCounts(
        name=name,
        rows=rows,
        days=tuple(date_of(day) for day in sums.days[dated].tolist()),
        undated=int(sums.rows[~dated].sum()) if dated.any() else 0,
        rules=tuple(
            _of_days(rule, asked, rates, held)
            if rule.kind in OF_DAYS
            else _of_rows(rule, asked, int(sums.broken[place]), rows)
            for place, rule in enumerate(asked.rules)
        ),
        actions={asked.actions[place]: int(sums.actions[place]) for place in order},
        rejected=sums.rejected,
        absent=tuple(sorted(asked.absent)),
        unreadable=unreadable,
    )


def _rates(sums: _Sums, dated: NDArray[np.bool_]) -> FloatArray:
    """Return the share of missing values by day, (D, F); without days all rows are one."""
    if not dated.any():
        return np.asarray(sums.missing.sum(axis=0, keepdims=True) / sums.rows.sum())
    return np.asarray(sums.missing[dated] / sums.rows[dated, None])


def _of_days(rule: FeatureRule, asked: _Asked, rates: FloatArray, rows: FloatArray) -> RuleCount:
    shares = np.ones(len(rates)) if rule.feature in asked.absent else rates[:, asked.features.index(rule.feature)]
    limit = np.inf if rule.high is None else rule.high
    over = int(np.count_nonzero((shares > limit) & (rows >= least_rows(limit))))
    return RuleCount(rule=rule, broken=over, of=len(shares), largest=float(shares.max()))


def _of_rows(rule: FeatureRule, asked: _Asked, broken: int, rows: int) -> RuleCount:
    why = ""
    if rule.kind == "output":
        why = "" if asked.prediction else NO_PREDICTION
    elif rule.feature in asked.absent and rule.kind != "missing":
        why = NO_COLUMN
    elif not rule.judged:
        why = NO_LEVELS
    return RuleCount(rule=rule, broken=None if why else broken, of=0 if why else rows, why=why)
