"""What the predictions did: level and spread against the reference, by day, and against the previous version."""

import math

from generator.estimates.facts import BOTH, dated, not_told, number, target_unit
from generator.estimates.intervals import COLUMN, Ratio, Sums, estimate
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact
from generator.records.ledger import PREDICTION, ROLES, Aggregates, Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.stats.arrays import ratio
from generator.stats.grid import bounds
from generator.stats.psi import psi_clustered

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_PREVIOUS = lacking("no previous version to score", "model.previous.path", file=PROJECT)
SWITCH = Ratio(top="switch", bottom="switch_n", square="switch2", log=False)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return prediction drift, predictions outside the allowed output, and how far a switch of version moves them."""
    unit = target_unit(project)
    level = _level(ledger, "share" if ledger.plan.binary else unit)
    facts = [*level, _psi(ledger), _outside(project, ledger), *_switch(ledger, unit), _scored(ledger)]
    return Evidence(facts=tuple(facts), tables=(_daily(ledger, unit),), findings=_findings(facts))


def _column(ledger: Ledger) -> int:
    return len(ledger.plan.numeric) + ROLES.index(PREDICTION)


def _level(ledger: Ledger, unit: str) -> list[Fact]:
    column = _column(ledger)
    now, then = _mean(ledger.production, column), _mean(ledger.reference, column)
    change = (now - then) / abs(then) if then else math.nan
    n = float(ledger.production.total.n[column])
    return [
        number(
            QUANTITY("prediction.mean.reference"),
            then,
            unit=unit,
            source="training statistics",
            reason=not_told(ledger),
        ),
        number(QUANTITY("prediction.mean.production"), now, unit=unit, n=n),
        number(QUANTITY("prediction.mean_change"), change, n=n, source=BOTH, reason=not_told(ledger)),
    ]


def _mean(sums: Aggregates | None, column: int) -> float:
    return math.nan if sums is None or sums.total.n[column] == 0 else float(sums.total.mean[column])


def _psi(ledger: Ledger) -> Fact:
    column, value, low, high = _column(ledger), math.nan, math.nan, math.nan
    now, then = ledger.production.group, ledger.reference.group if ledger.reference else None
    if now is not None and now.deciles is not None and then is not None and then.deciles is not None:
        used = len(ledger.plan.deciles[column]) + 1
        found = psi_clustered(
            then.deciles[:, column, :used].sum(axis=0), now.deciles[:, column, :used], then.deciles[:, column, :used]
        )
        value, low, high = found.debiased, found.low, found.high
    return number(
        QUANTITY("prediction.psi"),
        value,
        low=low,
        high=high,
        n=float(ledger.production.total.n[column]),
        source=BOTH,
        reason=not_told(ledger),
    )


def _outside(project: Project, ledger: Ledger) -> Fact:
    """Return the share of predictions outside the declared output range, read from the fine grid."""
    objectives, column = project.settings.objectives, _column(ledger)
    grid, edges = ledger.production.grid, bounds(ledger.plan.grid[column])
    share = math.nan
    reason = lacking("no output range declared", "objectives.output_low", "objectives.output_high", file=PROJECT)
    if grid is not None and (objectives.output_low is not None or objectives.output_high is not None):
        counts, reason = grid[column], "no predictions"
        total = float(counts.sum())
        low = -math.inf if objectives.output_low is None else objectives.output_low
        high = math.inf if objectives.output_high is None else objectives.output_high
        inside = (edges[1:] >= low) & (edges[:-1] <= high)
        share = ratio(float(counts[~inside].sum()), total)
    return number(
        QUANTITY("prediction.outside.share"), share, n=float(ledger.production.total.n[column]), reason=reason
    )


def _switch(ledger: Ledger, unit: str) -> list[Fact]:
    losses, entities = ledger.production.losses, ledger.production.entities
    label = "Mean change of a prediction against the previous version"
    if losses is None or entities is None or losses.group[:, COLUMN["switch_n"]].sum() == 0:
        return [
            number("prediction.previous.mean_difference", math.nan, label=label, unit=unit, reason=NO_PREVIOUS),
            number(
                "prediction.previous.typical_difference",
                math.nan,
                label="Typical change of a prediction",
                unit=unit,
                reason=NO_PREVIOUS,
            ),
        ]
    days, independent = losses.day[ledger.production.days >= 0], not ledger.entity_groups
    sums = Sums(group=losses.group, day=days, entities=float(entities.sum()), independent=independent)
    found = estimate(SWITCH, sums)
    n = sums.total("switch_n")
    return [
        number(
            "prediction.previous.mean_difference",
            found.value,
            label=label,
            unit=unit,
            low=found.low,
            high=found.high,
            n=n,
            method=found.method,
        ),
        number(
            QUANTITY("prediction.previous.typical_difference"), math.sqrt(sums.total("switch2") / n), unit=unit, n=n
        ),
    ]


def _scored(ledger: Ledger) -> Fact:
    losses = ledger.production.losses
    n = 0.0 if losses is None else float(losses.group[:, COLUMN["previous_n"]].sum())
    return number(QUANTITY("previous.scored_rows"), n if ledger.previous_scored else math.nan)


def _daily(ledger: Ledger, unit: str) -> Table:
    day, column = ledger.production.day, _column(ledger)
    rows = (
        []
        if day is None
        else [
            (
                date.isoformat(),
                number(
                    QUANTITY("prediction.daily.mean.{date}", date=date),
                    float(day.moments.mean[place, column]) if day.moments.n[place, column] else math.nan,
                    unit=unit,
                    n=float(day.moments.n[place, column]),
                ),
                number(QUANTITY("prediction.daily.rows.{date}", date=date), float(day.moments.n[place, column])),
            )
            for place, date in dated(ledger)
        ]
    )
    return TABLE("prediction.daily", rows, reason="the rows have no dates", unit=unit)


def _findings(facts: list[Fact]) -> tuple[Finding, ...]:
    outside = next(fact for fact in facts if fact.id == "prediction.outside.share")
    if outside.number is None or outside.number <= 0:
        return ()
    return (
        finding(
            "prediction.outside",
            "prediction",
            "watch",
            "prediction",
            (
                outside,
                " of the predictions lie outside the allowed output range and have to be rejected or clamped.",
            ),
            Claim(what="outside", relation="above", value=outside),
        ),
    )


ANALYSIS = Analysis(id="prediction", title="Predictions", run=run)
