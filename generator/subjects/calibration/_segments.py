"""Takes a ledger, gives for every segment level the mean probability against the share of positives."""

from __future__ import annotations

import math

import numpy as np

from generator.estimates.facts import estimated, number
from generator.estimates.intervals import BIAS, COLUMN, Estimate, Sums, entities_in, estimate
from generator.estimates.score_sums import N_P, N, Y, level_sums
from generator.estimates.whole import of_level
from generator.records.fact import segment_of
from generator.records.ledger import Ledger
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.distributions import normal_two_sided
from generator.stats.multiplicity import benjamini_hochberg

FEWEST_ROWS, FEWEST_ENTITIES = 30, 10
FALSE_DISCOVERIES = 0.1
Found = tuple[str, str, int, Estimate]
"""Segment, level, place on the axis of levels, mean probability less share of positives."""


def by_segment(ledger: Ledger) -> Table:
    """Return the levels, the worst first; which are off is judged at a false discovery rate of ten percent."""
    columns = (
        Column(key="segment", label="Segment"),
        Column(key="level", label="Level"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="predicted", label="Mean probability", unit="share"),
        Column(key="observed", label="Positives", unit="share"),
        Column(key="gap", label="Gap", unit="points"),
        Column(key="status", label="Reading"),
    )
    found = sorted(_levels(ledger), key=lambda each: (-_distance(each[3]), each[0], each[1]))
    p = [_p_value(gap) for *_, gap in found]
    off = np.asarray(benjamini_hochberg(np.array(p))) <= FALSE_DISCOVERIES if found else np.zeros(0, dtype=bool)
    rows = [_row(ledger, each, bool(beyond)) for each, beyond in zip(found, off, strict=True)]
    return Table(
        id="calibration.segments",
        title="Probabilities against outcomes by segment",
        columns=columns,
        rows=tuple(rows),
        reason="" if rows else "no segment has enough rows and entities",
    )


def _levels(ledger: Ledger) -> list[Found]:
    found: list[Found] = []
    place = 0
    for segment in ledger.plan.segments:
        for level in segment.levels:
            sums = None if segment.hidden else of_level(ledger, place)
            if sums is not None and _enough(ledger, sums):
                found.append((segment.name, level, place, estimate(BIAS, sums)))
            place += 1
    return found


def _enough(ledger: Ledger, sums: Sums) -> bool:
    rows = sums.group[:, COLUMN["n"]]
    return rows.sum() >= FEWEST_ROWS and (not ledger.entity_groups or entities_in(rows) >= FEWEST_ENTITIES)


def _distance(gap: Estimate) -> float:
    """Return how far the interval stays from zero."""
    if math.isnan(gap.low):
        return 0.0
    return max(gap.low, -gap.high, 0.0)


def _p_value(gap: Estimate) -> float:
    return normal_two_sided(gap.value / math.sqrt(gap.variance)) if gap.variance > 0 else 1.0


def _row(ledger: Ledger, each: Found, beyond: bool) -> tuple[Cell, ...]:
    segment, level, place, gap = each
    id, where = f"calibration.segments.{segment_of(segment)}.{segment_of(level)}", f"{segment} {level}"
    scores = level_sums(ledger, place)
    assert scores is not None
    total = scores.total.sum(axis=0)
    n = float(total[N])
    mark = Mark(status="ok", word="as told")
    if beyond:
        mark = Mark(status="confirmed", word="too high" if gap.value > 0 else "too low")
    return (
        segment,
        level,
        number(f"{id}.n", n, label=f"Rows, {where}", unit="rows"),
        number(f"{id}.predicted", float(total[N_P]) / n, label=f"Mean probability, {where}", unit="share", n=n),
        number(f"{id}.observed", float(total[Y]) / n, label=f"Share of positives, {where}", unit="share", n=n),
        estimated(f"{id}.gap", gap, label=f"Mean probability less share of positives, {where}", unit="points"),
        mark,
    )
