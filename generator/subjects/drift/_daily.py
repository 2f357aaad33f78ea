"""Takes the drift of all features and the ledger, gives its course: the heat map and the daily changes."""

from collections.abc import Iterator

import numpy as np

from generator.estimates.feature_moments import first, means, spread
from generator.estimates.features import NO_DAYS, counted, dates, measured, part, table
from generator.estimates.windows import windows
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.table import Cell, Column, Table
from generator.results.words import columns, quantities, tables
from generator.stats.arrays import divide
from generator.subjects.drift._severity import Drift

QUANTITY, TABLE = quantities(__file__), tables(__file__)

HEAT = 20
OVER = 0.25
"""The change from which a feature counts as over, where no yellow limit is declared."""
DAILY = columns(
    "date: Date",
    "each: Largest (share)",
    "critical: Largest of a critical feature (share)",
    "mean: Mean (share)",
    "over: Features over the limit",
)
TITLES = {
    "drift.daily_mean_change": "Change of feature means by day",
    "drift.daily_sd_change": "Change of feature spreads by day",
}
HEAT_TITLE = "Shift of the most important features by day"


def daily_tables(drift: Drift, ledger: Ledger, critical: frozenset[str]) -> tuple[Table, ...]:
    """Return the heat map, and by day the largest, the critical and the mean change of means and of spreads."""
    days = dates(ledger)
    if ledger.production.day is None or not days or not drift.numeric:
        return empty_tables(NO_DAYS if drift.numeric else "the model has no numeric features")
    moments = first(ledger.production.day.moments, drift.numeric)
    mean, sd = means(moments), spread(moments)
    shift, policy = drift.shift, drift.policy
    chosen = np.array([name in critical for name in drift.names[: drift.numeric]], dtype=np.bool_)
    by_mean = Daily("mean_change", divide(mean - shift.mean0, shift.scale), chosen, policy.yellow_mean_change)
    by_sd = Daily("sd_change", divide(sd, shift.sd0) - 1.0, chosen, policy.severe_sd_change)
    return (
        _heat(drift, divide(mean - shift.mean0, shift.sd0), moments.n, days),
        by_mean.table(days),
        by_sd.table(days),
    )


def recent_change(drift: Drift, ledger: Ledger, declared: int | None) -> FloatArray:
    """Return by numeric feature the change of its mean in the recent days against training; nan without such days."""
    places, day = windows(ledger, declared).of("recent"), ledger.production.day
    if places is None or day is None:
        return np.full(drift.numeric, np.nan)
    moments = first(day.moments, drift.numeric)
    n = moments.n[places]
    mean = divide((n * np.nan_to_num(moments.mean[places])).sum(axis=0), n.sum(axis=0))
    change: FloatArray = divide(mean - drift.shift.mean0, drift.shift.scale)
    return change


def empty_tables(reason: str) -> tuple[Table, ...]:
    """Return the same tables without rows."""
    heat = TABLE("drift.heat", (), reason=reason)
    return (heat, *(table(id, title, DAILY, (), reason=reason) for id, title in TITLES.items()))


class Daily:
    """One kind of change by day and feature (D, P), and what is told of it."""

    def __init__(
        self, key: str, change: FloatArray, critical: np.ndarray[tuple[int], np.dtype[np.bool_]], limit: float | None
    ) -> None:
        self.key, self.limit = key, OVER if limit is None else limit
        self.words = "mean" if key == "mean_change" else "spread"
        size = np.abs(change)
        self.known = np.isfinite(size)
        self.each = _largest(size)
        self.critical = _largest(size[:, critical])
        self.no_critical = "" if critical.any() else "no numeric feature is declared critical"
        self.mean = divide(np.where(self.known, size, 0.0).sum(axis=1), self.known.sum(axis=1))
        self.over = (size > self.limit).sum(axis=1)

    def table(self, days: list[tuple[int, str]]) -> Table:
        """Return one row a day."""
        id = f"drift.daily_{self.key}"
        return table(id, TITLES[id], DAILY, (self._row(place, date) for place, date in days), reason=NO_DAYS)

    def _row(self, place: int, date: str) -> tuple[Cell, ...]:
        n = int(self.known[place].sum())
        why = "not computable: no feature has this change on this day"
        return (
            date,
            self._fact("each", date, float(self.each[place]), f"Largest change of a feature's {self.words}", why),
            self._fact(
                "critical",
                date,
                float(self.critical[place]),
                f"Largest change of a critical feature's {self.words}",
                self.no_critical or why,
            ),
            self._fact("mean", date, float(self.mean[place]), f"Mean absolute change of feature {self.words}s", why),
            counted(
                QUANTITY("drift.daily.{key}.over.{date}", key=self.key, date=date, words=self.words),
                int(self.over[place]) if n else None,
                reason="" if n else why,
                method=f"absolute change above {self.limit * 100:g} %",
            ),
        )

    def _fact(self, column: str, date: str, value: float, label: str, why: str) -> Fact:
        return measured(
            QUANTITY("drift.daily.{key}.{column}.{date}", key=self.key, column=column, date=date, label=label),
            value,
            reason=why,
        )


def _largest(size: FloatArray) -> FloatArray:
    largest: FloatArray = np.where(np.isfinite(size), size, -np.inf).max(axis=1, initial=-np.inf)
    return largest


def _heat(drift: Drift, smd: FloatArray, rows: FloatArray, days: list[tuple[int, str]]) -> Table:
    heads = (Column(key="feature", label="Feature"), *(Column(key=date, label=date, unit="sd") for _, date in days))
    chosen = _most_important(drift)
    return table("drift.heat", HEAT_TITLE, heads, _heat_rows(drift, chosen, smd, rows, days), reason=NO_DAYS)


def _heat_rows(
    drift: Drift, chosen: list[int], smd: FloatArray, rows: FloatArray, days: list[tuple[int, str]]
) -> Iterator[tuple[Cell, ...]]:
    for index in chosen:
        name = drift.names[index]
        yield (name, *(_cell(name, date, float(smd[place, index]), float(rows[place, index])) for place, date in days))


def _cell(name: str, date: str, value: float, n: float) -> Fact:
    return measured(QUANTITY("drift.daily.{id}.{date}", id=part(name), date=date, name=name), value, n=n)


def _most_important(drift: Drift) -> list[int]:
    """Return the numeric features that the model weighs most; without weights those that moved farthest."""
    weight = drift.size if drift.impact.reason or drift.impact.asked else drift.impact.weight
    ranked = np.argsort(-np.nan_to_num(weight[: drift.numeric], nan=-1.0, posinf=np.inf), kind="stable")
    return [int(index) for index in ranked[:HEAT]]
