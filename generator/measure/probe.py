"""Takes opened inputs, gives what a classifier says of samples of both sides: a probe, whose rows stay here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from generator.engines import Scan
from generator.measure.frame import group_of, hash_rows, hash_texts, read_days, read_numbers, read_texts
from generator.measure.inputs import Opened, folded_over, scan_of
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import Probe
from generator.records.ledger import Plan
from generator.stats.cluster import fold_groups

ROWS = 20_000
"""Rows of a side that are looked at, at most."""
LEAST = 100
"""Rows of a side below which nothing is learnt."""
TOLD = 10
"""Features that are told by name, those that part the sides best."""
MOST_LEVELS = 250
"""A text with more levels names rows rather than tells something of them."""
SEED = 20_260_101


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Rows of one side: the hash by which they were chosen, the columns (n, P), and their entities' hashes."""

    keys: NDArray[np.uint64]
    values: FloatArray
    entities: NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """The features that are looked at: neither time nor what names an entity is among them."""

    numeric: tuple[str, ...]
    texts: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    entity: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return all of them in the order of a sample's columns."""
        return self.numeric + self.texts


def probed(opened: Opened, training: Opened | None, plan: Plan, *, jobs: int) -> Probe | None:
    """Return how well samples of both sides are told apart; None where not asked for, or without a reference."""
    if not opened.project.settings.policies.drift.domain_classifier or training is None:
        return None
    columns = columns_of(opened, plan)
    sides = [_sample(side, columns, jobs) for side in (training, opened)]
    rows = tuple(0 if side is None else len(side.keys) for side in sides)
    before, after = sides
    if before is None or after is None or not columns.names:
        return _unfit(rows, "no rows, or no features, on one side")
    groups = min(fold_groups(np.unique(side.entities).size) for side in (before, after))
    if min(rows) < LEAST or not groups:
        return _unfit(rows, f"fewer than {LEAST} rows, or too few entities, on one side")
    return _told(before, after, columns, groups)


def columns_of(opened: Opened, plan: Plan) -> Columns:
    """Return the features that are looked at."""
    data = opened.project.settings.data
    key = None if data.labels is None else data.labels.key
    names = {data.time, data.entity, key}
    texts = [
        (t, levels)
        for t, levels in zip(plan.categorical, plan.levels, strict=True)
        if t not in names and len(levels) < MOST_LEVELS
    ]
    return Columns(
        numeric=tuple(n for n in plan.numeric if n not in names),
        texts=tuple(t for t, _ in texts),
        levels=tuple(levels for _, levels in texts),
        entity=data.entity,
    )


def sample_of(columns: Columns, batch: pa.RecordBatch) -> Sample:
    """Return the rows of a batch with the smallest hashes of their contents: any split of rows chooses the same."""
    numbers = [read_numbers(batch, name)[0] for name in columns.numeric]
    codes = [read_texts(batch, name).recode(levels) for name, levels in zip(columns.texts, columns.levels, strict=True)]
    texts = [np.where(code > len(levels), np.nan, code) for code, levels in zip(codes, columns.levels, strict=True)]
    values = np.column_stack([*numbers, *texts])
    day = read_days(batch).astype(np.float64)
    content = hash_rows([*values.T.copy(), day], batch.num_rows)
    known = columns.entity is not None and columns.entity in batch.schema.names
    entities = hash_texts(read_texts(batch, str(columns.entity))) if known else content
    return _least(Sample(keys=_mixed(content ^ entities if known else content), values=values, entities=entities))


def merged(a: Sample, b: Sample) -> Sample:
    """Return the rows with the smallest hashes of both."""
    if len(a.keys) == ROWS:
        b = _chosen(b, np.flatnonzero(b.keys < a.keys[-1]))
    if not len(b.keys):
        return a
    return _least(
        Sample(
            keys=np.concatenate([a.keys, b.keys]),
            values=np.concatenate([a.values, b.values]),
            entities=np.concatenate([a.entities, b.entities]),
        )
    )


def _sample(side: Opened, columns: Columns, jobs: int) -> Sample | None:
    return folded_over(side, _scan(side, columns), partial(sample_of, columns), merged, jobs)


def _scan(side: Opened, columns: Columns) -> Scan:
    """Return a scan of the features, the entity and the day, and of nothing else."""
    entity = (columns.entity,) if columns.entity and columns.entity in side.schema else ()
    wanted = scan_of(side, columns.numeric, columns.texts)
    text = tuple(dict.fromkeys((*columns.texts, *entity)))
    return replace(wanted, numeric=columns.numeric, text=text, labels=None, outcomes={})


def _chosen(sample: Sample, places: IntArray) -> Sample:
    return Sample(keys=sample.keys[places], values=sample.values[places], entities=sample.entities[places])


def _least(sample: Sample) -> Sample:
    return _chosen(sample, np.argsort(sample.keys, kind="stable")[:ROWS])


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return hashes of which every bit depends on every bit (the last step of SplitMix64; Steele et al. 2014)."""
    z = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _unfit(rows: tuple[int, ...], reason: str) -> Probe:
    nan = float("nan")
    return Probe(
        auc=nan,
        auc_se=nan,
        ess=nan,
        ess_se=nan,
        rows=(rows[0], rows[1]),
        groups=0,
        features=(),
        importance=np.zeros(0),
        reason=reason,
    )


def _told(before: Sample, after: Sample, columns: Columns, groups: int) -> Probe:
    """Return what the classifier says, on one core, so that its sums end in the same digit everywhere."""
    from generator.stats.classifier import separation  # its trees must be loaded before they are held to one core

    second = np.arange(len(before.keys) + len(after.keys)) >= len(before.keys)
    group = group_of(np.concatenate([before.entities, after.entities])) % groups
    texts = np.array([name in columns.texts for name in columns.names])
    order = np.argsort(np.concatenate([before.keys, after.keys]), kind="stable")  # both sides mixed, by chance
    with threadpool_limits(limits=1):
        found = separation(
            np.concatenate([before.values, after.values])[order], second[order], group[order], texts, SEED
        )
    best = np.argsort(-found.importance, kind="stable")[:TOLD]
    return Probe(
        auc=found.auc,
        auc_se=found.auc_se,
        ess=found.ess,
        ess_se=found.ess_se,
        groups=groups,
        rows=(len(before.keys), len(after.keys)),
        features=tuple(columns.names[k] for k in best),
        importance=found.importance[best],
        reason="" if np.isfinite(found.auc) else "entities of both sides are never among the same held-out rows",
    )
