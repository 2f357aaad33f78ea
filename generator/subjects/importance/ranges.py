"""What training knew of each feature: the range that holds 99 % of its values, or its levels with their shares."""

import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.facts import NOT_TOLD, number, personal
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import FloatArray
from generator.stats.bins import held_quantile, sharp_quantile
from generator.stats.grid import bounds

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SOURCE = "training statistics"
ENDS, FEWEST = 0.005, 5
"""Share of the rows that lies beyond either end, and the rows that do at least: an end is no row's own value."""


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return range facts of numeric features, the kind of each feature and levels, those of personal ones left out."""
    rows = tuple(_levels(ledger, personal(project)))
    reason = "" if rows else "no training statistics, or no categorical feature"
    table = TABLE("features.levels", rows, reason=reason)
    return Evidence(facts=tuple(_ranges(ledger)), tables=(table, _kinds(ledger)))


def _kinds(ledger: Ledger) -> Table:
    """Return what each feature is read as."""
    plan = ledger.plan
    rows = (
        (name, kind) for kind, names in (("numeric", plan.numeric), ("categorical", plan.categorical)) for name in names
    )
    found = tuple(rows)
    reason = "" if found else "the model has no features"
    return TABLE("features.kinds", found, reason=reason)


def _ranges(ledger: Ledger) -> Iterator[Fact]:
    reference = ledger.reference
    if reference is None or reference.grid is None:
        return
    for name, counts, edges in zip(ledger.plan.numeric, reference.grid, ledger.plan.grid, strict=False):
        n = float(counts.sum())
        share = max(ENDS, (FEWEST + 1) / n) if n > 2 * FEWEST else ENDS
        what = "99 % of the training values" if share == ENDS else f"the training values but {FEWEST}"
        for end, at in (("low", share), ("high", 1.0 - share)):
            value = _end(counts, bounds(edges), at, reference.group is not None)
            yield number(
                QUANTITY("drift.{name}.{end}_reference", name=segment_of(name), end=end),
                value,
                label=f"{'Lower' if end == 'low' else 'Upper'} end of {what}, {name}",
                n=n,
                source=SOURCE,
                reason="no values in training" if reference.group is not None else NOT_TOLD,
            )


def _end(counts: FloatArray, edges: FloatArray, at: float, rows: bool) -> float:
    if not counts.sum() > 0:
        return math.nan
    return (held_quantile(counts, edges, at, counts) if rows else sharp_quantile(counts, edges, at)).value


def _levels(ledger: Ledger, unnamed: frozenset[str]) -> Iterator[tuple[Cell, ...]]:
    reference, plan = ledger.reference, ledger.plan
    if reference is None:
        return
    for name, levels, start in zip(plan.categorical, plan.levels, plan.offsets, strict=False):
        counts = reference.slots[start : start + len(levels)]
        for place in () if name in unnamed else np.argsort(-counts, kind="stable"):
            if counts[place] > 0:
                id = f"features.levels.{segment_of(name)}.{segment_of(levels[place])}.share"
                label = f"Share of training rows, {name} {levels[place]}"
                share = float(counts[place]) / reference.rows
                n = float(counts[place])
                yield (name, levels[place], number(id, share, label=label, unit="share", n=n, source=SOURCE))


ANALYSIS = Analysis(id="ranges", title="Ranges and levels known from training", run=run)
