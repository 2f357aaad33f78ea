"""What training knew of each feature: the range that holds 99 % of its values, or its levels with their shares."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.analyse._facts import NOT_TOLD, number, personal
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Column, Table
from generator.stats.bins import quantile, sharp_quantile
from generator.stats.grid import bounds

SOURCE = "training statistics"
ENDS = {"low": 0.005, "high": 0.995}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return range facts of numeric features and the table of levels, without personal features."""
    columns = (
        Column(key="feature", label="Feature"),
        Column(key="level", label="Level"),
        Column(key="share", label="Share of training rows", unit="share"),
    )
    rows = tuple(_levels(ledger, personal(project)))
    reason = "" if rows else "no training statistics, or no categorical feature"
    table = Table(id="features.levels", title="Levels known from training", columns=columns, rows=rows, reason=reason)
    return Evidence(facts=tuple(_ranges(ledger)), tables=(table,))


def _ranges(ledger: Ledger) -> Iterator[Fact]:
    reference = ledger.reference
    if reference is None or reference.grid is None:
        return
    read = quantile if reference.group is not None else sharp_quantile
    for name, counts, edges in zip(ledger.plan.numeric, reference.grid, ledger.plan.grid, strict=False):
        for end, share in ENDS.items():
            value = read(counts, bounds(edges), share).value if counts.sum() > 0 else math.nan
            yield number(
                f"drift.{segment_of(name)}.{end}_reference",
                value,
                label=f"{'Lower' if end == 'low' else 'Upper'} end of 99 % of the training values, {name}",
                n=float(counts.sum()),
                source=SOURCE,
                method="fine grid of reference quantiles, linear within a bin",
                reason="no values in training" if reference.group is not None else NOT_TOLD,
            )


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
