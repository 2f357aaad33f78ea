"""How the errors are spread: percentiles, extremes, the share of the largest."""

import math

import numpy as np

from generator.estimates.facts import NO_LABELS, number, target_unit
from generator.estimates.intervals import in_turn
from generator.estimates.whole import all_rows
from generator.records.aggregates import FloatArray
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.grid import absolute_bounds, absolute_counts
from generator.stats.intervals import log_interval
from generator.stats.proportions import wilson
from generator.subjects.performance._shape import error_quantile

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SHARES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
HEAVY = 0.3
"""Share of the squared error in the top one percent of rows above which a few rows dominate."""


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return percentiles of |error|, and counts of extreme errors."""
    unit = target_unit(project)
    percentiles = [_percentile(ledger, name, share, unit) for name, share in SHARES.items()]
    extremes = [_extreme(ledger, limit, unit) for limit in project.settings.objectives.extreme_errors]
    top = _top_share(ledger)
    return Evidence(
        facts=(*percentiles, *(fact for pair in extremes for fact in pair[1:]), top),
        tables=(
            _extremes(extremes),
            _entities(ledger),
        ),
        findings=_findings(top),
    )


def _percentile(ledger: Ledger, name: str, share: float, unit: str) -> Fact:
    found, variance = error_quantile(ledger, share)
    around = log_interval(found.value, variance, 31.0)
    rows = all_rows(ledger)
    return number(
        QUANTITY("errors.{name}", name=name, name_2=name[1:], in_turn=in_turn(not ledger.entity_groups)),
        found.value,
        unit=unit,
        low=around.low,
        high=around.high,
        n=None if rows is None else rows.total("n"),
        reason=NO_LABELS,
    )


def _extreme(ledger: Ledger, limit: float, unit: str) -> tuple[Fact, Fact, Fact]:
    """Return the limit, how many errors exceed it, and their share."""
    name = segment_of(f"{limit:g}")
    counts, edges = ledger.production.errors, ledger.plan.error_edges
    bound = number(QUANTITY("errors.limit.{name}", name=name), limit, unit=unit)
    n = math.nan if counts is None or counts.sum() == 0 else float(counts.sum())
    above = math.nan if counts is None or n != n else _above(absolute_counts(counts.sum(axis=0)), edges, limit)
    interval = wilson(above, n) if n == n else None
    label = "Errors above the extreme limit"
    return (
        bound,
        number(
            QUANTITY("errors.above_{name}", name=name),
            round(above) if above == above else above,
            label=label,
            n=n if n == n else None,
            reason=NO_LABELS,
        ),
        number(
            QUANTITY("errors.above_{name}_share", name=name, label=label),
            above / n,
            low=interval.low if interval else math.nan,
            high=interval.high if interval else math.nan,
            n=n if n == n else None,
            reason=NO_LABELS,
        ),
    )


def _above(counts: FloatArray, edges: FloatArray, limit: float) -> float:
    bounds = absolute_bounds(edges)
    place = min(int(np.searchsorted(bounds, limit, side="right")) - 1, len(counts) - 1)
    low, high = bounds[place], bounds[place + 1]
    inside = counts[place] * ((high - limit) / (high - low) if math.isfinite(high) else 1.0)
    return float(counts[place + 1 :].sum() + inside)


def _extremes(triples: list[tuple[Fact, Fact, Fact]]) -> Table:
    reason = "" if triples else lacking(UNDECLARED, "objectives.extreme_errors", file=PROJECT)
    return TABLE("errors.extremes", triples, reason=reason)


def _top_share(ledger: Ledger) -> Fact:
    """Return the share of the squared error in the top one percent of rows, from the middles of the buckets."""
    counts, share = ledger.production.errors, math.nan
    if counts is not None and counts.sum() > 0:
        whole = absolute_counts(counts.sum(axis=0))
        bounds = absolute_bounds(ledger.plan.error_edges)
        bounds[-1] = bounds[-2] * 1.01
        squares = whole * ((bounds[:-1] + bounds[1:]) / 2) ** 2
        rows_above = whole[::-1].cumsum()[::-1]
        kept = np.clip((0.01 * whole.sum() - (rows_above - whole)) / np.maximum(whole, 1.0), 0.0, 1.0)
        share = float((squares * kept).sum() / squares.sum()) if squares.sum() > 0 else math.nan
    return number(QUANTITY("errors.top1_share"), share, reason=NO_LABELS)


def _entities(ledger: Ledger) -> Table:
    found = ledger.production.extremes
    reason = lacking("entities are not named", "privacy.list_entities", file=PROJECT)
    rows: list[tuple[Cell, ...]] = []
    if found is not None:
        worst = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:20]
        rows = [(name, number(QUANTITY("errors.entities.{name}", name=segment_of(name)), n)) for name, n in worst]
        reason = "no entity has enough extreme errors to be named"
    return TABLE("errors.entities", rows, reason=reason)


def _findings(share: Fact) -> tuple[Finding, ...]:
    if share.number is None or share.number <= HEAVY:
        return ()
    words = (
        "A few rows dominate: the worst one percent of rows carry ",
        share,
        " of the squared error; judge by the mean absolute error and the tail, too.",
    )
    return (
        finding(
            "errors.few_rows",
            "performance",
            "watch",
            "errors",
            words,
            Claim(what="squared_error", relation="above", value=share),
        ),
    )


ANALYSIS = Analysis(id="errors", title="Distribution of the errors", run=run)
