"""Takes a ledger and its missing rates, gives missing values by day, of features and of sources."""

from collections.abc import Sequence

import numpy as np

from generator.estimates.features import NO_DAYS, NO_REFERENCE, counted, dates, measured, part
from generator.estimates.missing_rates import Rates, missing_by_day
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import Feature, MissingPolicy
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import divide

QUANTITY, TABLE = quantities(__file__), tables(__file__)

OVER = 0.15
"""The missing rate from which a feature counts as over, where no red limit is declared."""
RISEN = 0.1
"""The rise in points from which a feature counts as risen, where no flag is declared."""
NO_CRITICAL = "no feature is declared critical"


def daily_table(ledger: Ledger, rates: Rates, critical: frozenset[str], policy: MissingPolicy) -> Table:
    """Return by day the largest, critical and mean missing rate, the largest rise, and features over the limits."""
    missing, names = missing_by_day(ledger.plan, ledger.production), ledger.plan.features
    if missing is None or ledger.production.day is None or not names:
        return TABLE("missing.daily", (), reason=NO_DAYS if names else "the model has no features")
    share = divide(missing, ledger.production.day.rows[:, None])
    chosen = np.array([name in critical for name in names], dtype=np.bool_)
    rise = share - rates.reference.value[: len(names)]
    limits = OVER if policy.red is None else policy.red, RISEN if policy.flag_points is None else policy.flag_points
    rows = (
        _row(date, share[place], rise[place], chosen, limits, ledger.production.day.rows[place])
        for place, date in dates(ledger)
    )
    return TABLE("missing.daily", rows, reason=NO_DAYS)


def source_table(ledger: Ledger, rates: Rates, features: Sequence[Feature]) -> Table:
    """Return by day and source the share of its usual values that is gone, of the input that lost least of them.

    Usual is what training has, and every value where training tells nothing; an input it never has says nothing.
    """
    missing, names, day = missing_by_day(ledger.plan, ledger.production), ledger.plan.features, ledger.production.day
    if missing is None or day is None:
        return TABLE("missing.sources", (), reason=NO_DAYS)
    usual = 1 - np.nan_to_num(rates.reference.value[: len(names)])
    gone = np.clip(1 - divide(1 - divide(missing, day.rows[:, None]), usual), 0, None)
    own = {one.name: one.source for one in features if one.source}
    inputs: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name in own and usual[index] > 0:
            inputs.setdefault(str(own[name]), []).append(index)
    rows = (
        (date, source, _gone(source, date, float(gone[place, of].min()), day.rows[place]))
        for place, date in dates(ledger)
        for source, of in inputs.items()
    )
    return TABLE("missing.sources", rows, reason="no input has a declared source")


def _gone(source: str, date: str, share: float, n: float) -> Fact:
    label = f"Usual values of {source} that are gone"
    what = QUANTITY("missing.daily.{key}.{date}", key=f"source.{part(source)}", date=date, label=label)
    return measured(what, share, unit="share", n=n, reason="not computable: no rows on this day")


def _row(
    date: str,
    share: FloatArray,
    rise: FloatArray,
    critical: np.ndarray[tuple[int], np.dtype[np.bool_]],
    limits: tuple[float, float],
    n: float,
) -> tuple[Cell, ...]:
    def fact(
        key: str, value: float, label: str, unit: str, reason: str = "not computable: no rows on this day"
    ) -> Fact:
        return measured(
            QUANTITY("missing.daily.{key}.{date}", key=key, date=date, label=label),
            value,
            unit=unit,
            n=n,
            reason=reason,
        )

    limit, flag = limits
    return (
        date,
        fact("each", float(share.max()), "Largest missing rate of a feature", "share"),
        fact(
            "critical",
            float(share[critical].max()) if critical.any() else np.nan,
            "Largest missing rate of a critical feature",
            "share",
            NO_CRITICAL,
        ),
        fact("mean", float(share.mean()), "Mean missing rate of the features", "share"),
        counted(
            QUANTITY("missing.daily.over.{date}", date=date),
            int((share > limit).sum()),
            method=f"missing rate above {limit * 100:g} %",
        ),
        fact("increase", float(rise.max()), "Largest rise of a feature's missing rate", "points", NO_REFERENCE),
        counted(
            QUANTITY("missing.daily.risen.{date}", date=date),
            int((rise >= flag).sum()),
            reason="" if np.isfinite(rise).any() else NO_REFERENCE,
            method=f"missing rate at least {flag * 100:g} points above training",
        ),
    )
