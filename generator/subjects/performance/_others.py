"""Takes the loss sums, gives the model beside a naive benchmark and the previous version on the same rows."""

from __future__ import annotations

import math

import numpy as np

from generator.estimates.facts import NO_LABELS, estimated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import MAE, Ratio, Sums, estimate, folded, in_turn, usable_groups
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact
from generator.records.ledger import LOSSES, Ledger
from generator.records.project import Project
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.arrays import divide
from generator.stats.cluster import ar1_day_variance, jackknife_variance, leave_one_out_sums, two_way, two_way_df
from generator.stats.intervals import log_interval

OTHERS = {"benchmark": "Naive benchmark", "previous": "Previous version"}
WHY_NOT = {
    "benchmark": "no benchmark: neither data.benchmark nor training statistics with the mean of the target",
    "previous": "no previous version to score (dossier.yaml: model.previous.path)",
}


def compare(project: Project, ledger: Ledger, sums: Sums | None, head: Head, unit: str) -> Evidence:
    """Return errors of the others on the same rows and the model's gain over each, paired."""
    facts: list[Fact] = []
    rows: list[tuple[Cell, ...]] = [] if sums is None else [_own(sums, head, unit)]
    for name, who in OTHERS.items():
        found = _other(name, who, sums, head, unit)
        facts += found
        if sums is not None and found[0].value is not None:
            rows.append(_row(who, found))
    columns = (
        Column(key="who", label="Prediction of"),
        Column(key="error", label=head.metric.title),
        Column(key="mae", label="Mean absolute error"),
        Column(key="difference", label="This model's error against it", unit="change"),
        Column(key="reading", label="Reading"),
    )
    table = Table(
        id="performance.compare",
        title="The same rows predicted otherwise",
        columns=columns,
        rows=tuple(rows),
        reason="" if rows else NO_LABELS,
    )
    ratio = _inverse(facts[-1])
    return Evidence(facts=(*facts, ratio), tables=(table,), findings=_findings(facts))


def _own(sums: Sums, head: Head, unit: str) -> tuple[Cell, ...]:
    error = estimated(
        f"performance.compare.{head.metric.metric}",
        estimate(head.ratio, sums),
        label=head.metric.name.capitalize(),
        unit=head.unit,
    )
    mae = estimated(
        "performance.compare.mae",
        estimate(MAE, sums),
        label="Mean absolute error",
        unit=unit,
    )
    return ("This model", error, mae, (), ())


def _other(name: str, who: str, sums: Sums | None, head: Head, unit: str) -> list[Fact]:
    """Return error and MAE of the other, and the relative difference of this model's error."""
    own = head.metric.name.capitalize()
    ids = (head.id(name), f"performance.mae.{name}", f"performance.gain.{name}")
    labels = (
        f"{own}, {who.lower()}",
        f"Mean absolute error, {who.lower()}",
        f"{own} against the {who.lower()}",
    )
    n = 0.0 if sums is None else sums.total(f"{name}_n")
    if sums is None or n == 0:
        reason = NO_LABELS if sums is None else WHY_NOT[name]
        return [
            number(i, math.nan, label=label, unit=u, reason=reason)
            for i, label, u in zip(ids, labels, (head.unit, unit, "change"), strict=True)
        ]
    error = estimate(Ratio(top=f"{name}_e2", bottom=f"{name}_n", root=head.ratio.root), sums)
    mae = estimate(Ratio(top=f"{name}_abs", bottom=f"{name}_n"), sums)
    return [
        estimated(ids[0], error, label=labels[0], unit=head.unit),
        estimated(ids[1], mae, label=labels[1], unit=unit),
        _gain(ids[2], labels[2], name, sums, head),
    ]


def _gain(id: str, label: str, name: str, sums: Sums, head: Head) -> Fact:
    """Return the error over the other's on the same rows less one; shocks that hit both cancel in the interval."""
    own, other, n = _squares(sums, name)
    value = head.ratio.of(own, other)
    variance, df = _paired(name, sums, 0.5 if head.ratio.root else 1.0)
    around = log_interval(value, variance, df)
    return number(
        id,
        value - 1,
        label=label,
        unit="change",
        low=around.low - 1,
        high=around.high - 1,
        n=n,
        method=f"ratio on the same rows, {in_turn(sums.independent)} and day-to-day variation",
    )


def _squares(sums: Sums, name: str) -> tuple[float, float, float]:
    """Return squared errors of this model and of the other on the rows that both predicted."""
    other = sums.total(f"{name}_e2")
    return other + sums.total(f"{name}_d"), other, sums.total(f"{name}_n")


def _paired(name: str, sums: Sums, power: float) -> tuple[float, float]:
    """Return the variance of ln(ratio of errors), which are squared ones to a `power`, and its degrees of freedom."""
    columns = [LOSSES.index(f"{name}_e2"), LOSSES.index(f"{name}_d")]
    groups, entity = usable_groups(sums), math.nan
    if groups >= 8:
        parts = leave_one_out_sums(folded(sums.group[:, columns], groups))
        entity = float(jackknife_variance(power * _log(parts[:, 0] + parts[:, 1], parts[:, 0])))
    daily = sums.day[:, columns]
    days = ar1_day_variance(
        power * _log(daily[:, 0] + daily[:, 1], daily[:, 0]), sums.day[:, LOSSES.index(f"{name}_n")]
    )
    return two_way(entity, days.se2, math.nan), two_way_df(groups, days.d_eff)


def _log(top: FloatArray, bottom: FloatArray) -> FloatArray:
    ratio = divide(top, bottom)
    return np.log(np.where(ratio > 0, ratio, np.nan))


def _row(who: str, facts: list[Fact]) -> tuple[Cell, ...]:
    gain = facts[2]
    if gain.low is None or gain.high is None:
        reading = Mark(status="info", word="no interval")
    elif gain.high < 0:
        reading = Mark(status="ok", word="this model is better")
    else:
        reading = (
            Mark(status="confirmed", word="this model is worse")
            if gain.low > 0
            else Mark(status="info", word="no clear difference")
        )
    return (who, *facts, reading)


def _inverse(gain: Fact) -> Fact:
    """Return the ratio to the previous version that rollback conditions compare."""
    label = "Error over the previous version's, same rows"
    if not isinstance(gain.value, float | int):
        return number("performance.ratio.previous", math.nan, label=label, reason=gain.reason)
    low, high = (math.nan if v is None else v + 1 for v in (gain.low, gain.high))
    return number(
        "performance.ratio.previous", gain.value + 1, label=label, low=low, high=high, n=gain.n, method=gain.method
    )


def _findings(facts: list[Fact]) -> tuple[Finding, ...]:
    found = []
    for name, who in OTHERS.items():
        gain = next(fact for fact in facts if fact.id == f"performance.gain.{name}")
        if gain.low is not None and gain.low > 0:
            found.append(
                Finding(
                    id=f"performance.worse_than_{name}",
                    kind="performance",
                    severity="severe",
                    subject=name,
                    words=(f"On the same rows the error is above that of the {who.lower()} (", gain, ")."),
                    evidence=(gain.id,),
                )
            )
    return tuple(found)
