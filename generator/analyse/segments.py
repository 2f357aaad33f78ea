"""Where the errors are: every segment level raw and shrunk, the worst, and whether the excess is uniform."""

from __future__ import annotations

import math

from generator.analyse._facts import NO_LABELS, estimated, number, target_unit
from generator.analyse._headline import Head, head_of
from generator.analyse._intervals import estimate
from generator.analyse._segment_daily import absent_daily, daily_table, watched
from generator.analyse._segment_levels import Level, Split, splits
from generator.analyse._segment_summary import RANKED, absent, columns, summary
from generator.analyse._whole import all_rows
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.stats.arrays import ratio

WORST = 5


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the error of every segment level, how unequal levels are, and who carries the excess."""
    sums, unit = all_rows(ledger), target_unit(project)
    head = head_of(ledger, unit)
    if sums is None or all(segment.hidden for segment in ledger.plan.segments):
        reason = NO_LABELS if sums is None else "no segments declared (dossier.yaml: data.segments)"
        gone = absent(reason, head)
        return Evidence(facts=gone.facts, tables=(*gone.tables, absent_daily(reason)))
    overall = estimate(head.ratio, sums).value
    base = _base(project, head, overall)
    found = splits(ledger, head, overall)
    excess = {id(level): _excess(level, base) for split in found for level in split.levels}
    rows = sorted(
        ((level, _facts(level, overall, excess, split, head, unit)) for split in found for level in split.levels),
        key=_worst_first,
    )
    facts = [fact for _, parts in rows for fact in parts.values()]
    table = [_row(level, parts) for level, parts in rows]
    totals = summary(found, excess, rows, head)
    heads = columns(head, unit)
    worst = (rows[0][0].segment, rows[0][0].name) if rows else ("", "")
    return Evidence(
        facts=(*facts, *totals),
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
                title="The five worst segments",
                columns=heads,
                rows=tuple(table[:WORST]),
                reason="" if table else "no segment has enough rows and entities",
            ),
            daily_table(ledger, watched(project, worst), head),
        ),
        findings=_findings(rows, head),
    )


def _base(project: Project, head: Head, overall: float) -> float:
    """Return the mean squared error of validation, or the overall one where none is declared."""
    values = [
        o.validation for o in project.settings.objectives.metrics if o.metric == head.metric.metric and o.validation
    ]
    base = values[0] if values else overall
    return base**2 if head.ratio.root else base


def _excess(level: Level, base: float) -> float:
    return level.sums.total("e2") - level.sums.total("n") * base


def _worst_first(row: tuple[Level, dict[str, Fact]]) -> tuple[float, str, str]:
    level = row[0]
    bound = level.shrunk_low if math.isfinite(level.shrunk_low) else 0.0
    return (-bound, level.segment, level.name)


def _facts(
    level: Level, overall: float, excess: dict[int, float], split: Split, head: Head, unit: str
) -> dict[str, Fact]:
    prefix = f"segments.{segment_of(level.segment)}.{segment_of(level.name)}"
    where, metric = f"{level.segment} {level.name}", head.metric
    name = metric.name.capitalize()
    positive = sum(max(excess[id(other)], 0.0) for other in split.levels)
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
        "excess": number(
            f"{prefix}.excess_share",
            ratio(max(excess[id(level)], 0.0), positive),
            label=f"Share of the excess error, {where}",
            unit="share",
            method="squared error above the validation level, levels above it only",
            reason="no level is above the validation level",
            origin="derived",
        ),
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
    if level.flagged:
        status = Mark(status="confirmed", word="far worse")
    elif low is None or high is None:
        status = Mark(status="inconclusive", word="too few entities")
    elif low > 0:
        status = Mark(status="watch", word="worse")
    else:
        status = Mark(status="ok", word="better") if high < 0 else Mark(status="info", word="as overall")
    return (
        level.segment,
        level.name,
        *(facts[key] for key in ("n", "error", "shrunk", "ratio", "bias", "excess")),
        *(facts[key] for key in RANKED if key in facts),
        status,
    )


def _findings(rows: list[tuple[Level, dict[str, Fact]]], head: Head) -> tuple[Finding, ...]:
    flagged = [(level, facts) for level, facts in rows if level.flagged]
    return tuple(
        Finding(
            id=f"segments.{segment_of(level.segment)}.{segment_of(level.name)}",
            kind="segment",
            severity="confirmed",
            subject=f"{level.segment} {level.name}",
            words=(
                f"{level.segment} {level.name}: the {head.metric.name} is ",
                facts["error"],
                ", ",
                facts["ratio"],
                " against overall, over ",
                facts["n"],
                ".",
            ),
            evidence=(facts["error"].id, facts["ratio"].id),
        )
        for level, facts in flagged[:WORST]
    )


ANALYSIS = Analysis(id="segments", title="Errors by segment", run=run)
