"""Where the errors are: every segment level raw and shrunk, the largest first, and how unequal they are."""

from __future__ import annotations

import math

from generator.estimates.facts import NO_LABELS, estimated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import estimate
from generator.estimates.whole import all_rows
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.stats.arrays import ratio
from generator.subjects.segments import _past_told as past
from generator.subjects.segments._daily import absent_daily, daily_table, watched
from generator.subjects.segments._levels import Level, splits
from generator.subjects.segments._past import pasts
from generator.subjects.segments._summary import RANKED, absent, columns, summary

WORST = 5


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the error of every segment level and how unequal levels are; whether one got worse its windows tell."""
    sums, unit = all_rows(ledger), target_unit(project)
    head = head_of(ledger, unit)
    if sums is None or all(segment.hidden for segment in ledger.plan.segments):
        reason = NO_LABELS if sums is None else "no segments declared (dossier.yaml: data.segments)"
        gone = absent(reason, head)
        lost = past.told([], head, ledger.entity_groups, reason)
        return Evidence(facts=gone.facts, tables=(*gone.tables, *lost.tables, absent_daily(reason)))
    overall = estimate(head.ratio, sums).value
    found = splits(ledger, head)
    rows = sorted(
        ((level, _facts(level, overall, head, unit)) for split in found for level in split.levels),
        key=_largest_first,
    )
    facts = [fact for _, parts in rows for fact in parts.values()]
    table = [_row(level, parts) for level, parts in rows]
    totals = summary(found, rows, head)
    heads = columns(head, unit)
    worst = (rows[0][0].segment, rows[0][0].name) if rows else ("", "")
    before = past.told(list(pasts(ledger, head)), head, ledger.entity_groups)
    return Evidence(
        facts=(*facts, *totals, *before.facts),
        findings=before.findings,
        tables=(
            Table(
                id="segments.all",
                title="Errors by segment",
                columns=heads,
                rows=tuple(table),
                reason="" if table else "no segment has enough rows and entities",
            ),
            Table(
                id="segments.worst",
                title="The five segments with the largest error",
                columns=heads,
                rows=tuple(table[:WORST]),
                reason="" if table else "no segment has enough rows and entities",
            ),
            *before.tables,
            daily_table(ledger, watched(project, worst), head),
        ),
    )


def _largest_first(row: tuple[Level, dict[str, Fact]]) -> tuple[float, str, str]:
    """By the shrunk error, which the tables print: a level of few rows is not first by chance."""
    level = row[0]
    return (-level.shrunk if math.isfinite(level.shrunk) else 0.0, level.segment, level.name)


def _facts(level: Level, overall: float, head: Head, unit: str) -> dict[str, Fact]:
    prefix = f"segments.{segment_of(level.segment)}.{segment_of(level.name)}"
    where, metric = f"{level.segment} {level.name}", head.metric
    name = metric.name.capitalize()
    n = level.sums.total("n")
    ends = (level.error.value, level.error.low, level.error.high)
    value, low, high = (ratio(end, overall, math.nan) - 1 for end in ends)
    return {
        **_ranking(level, prefix, where),
        "n": number(f"{prefix}.n", n, label=f"Rows, {where}", unit="rows"),
        "error": estimated(f"{prefix}.{metric.metric}", level.error, label=f"{name}, {where}", unit=head.unit),
        "shrunk": number(
            f"{prefix}.{metric.metric}_shrunk",
            level.shrunk,
            label=f"{name}, {where}, shrunk",
            unit=head.unit,
            low=level.shrunk_low,
            high=level.shrunk_high,
            n=n,
            method="drawn towards the other levels by its uncertainty (empirical Bayes)",
        ),
        "ratio": number(
            f"{prefix}.ratio",
            value,
            label=f"{name} against overall, {where}",
            unit="change",
            low=low,
            high=high,
            n=n,
            method=level.error.method,
        ),
        "mae": estimated(f"{prefix}.mae", level.mae, label=f"Mean absolute error, {where}", unit=unit),
        "bias": estimated(f"{prefix}.bias", level.bias, label=f"Mean error, {where}", unit=unit),
    }


def _ranking(level: Level, prefix: str, where: str) -> dict[str, Fact]:
    """Return the facts that only a binary model has."""
    if level.auc is None or level.base_rate is None:
        return {}
    one_kind = "all its known outcomes are the same"
    return {
        "auc": estimated(f"{prefix}.auc", level.auc, label=f"Ranking (AUC), {where}", reason=one_kind),
        "base_rate": estimated(
            f"{prefix}.base_rate", level.base_rate, label=f"Share of positives, {where}", unit="share"
        ),
    }


def _row(level: Level, facts: dict[str, Fact]) -> tuple[Cell, ...]:
    low, high = facts["ratio"].low, facts["ratio"].high
    if low is None or high is None:
        status = Mark(status="inconclusive", word="too few entities")
    elif low > 0:
        status = Mark(status="info", word="harder")
    else:
        status = Mark(status="info", word="easier") if high < 0 else Mark(status="info", word="as overall")
    return (
        level.segment,
        level.name,
        *(facts[key] for key in ("n", "error", "shrunk", "ratio", "bias")),
        *(facts[key] for key in RANKED if key in facts),
        status,
    )


ANALYSIS = Analysis(id="segments", title="Errors by segment", run=run)
