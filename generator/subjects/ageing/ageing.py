"""How the model ages: the loss it adds by day of age, where that can be told from the calendar, and what a refit gains.

In order: refits of a linear model on past days; versions compared in the history; the course against a benchmark.
"""

import itertools
import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.facts import number, target_unit
from generator.estimates.intervals import RMSE, estimate
from generator.estimates.whole import all_rows
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import Reason
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.cluster import ar1_day_variance
from generator.stats.decay import Decay, Shape
from generator.subjects.ageing._ageing import Backtest, backtested, benchmark_course
from generator.subjects.ageing._refit_value import refit_facts, step_facts

QUANTITY, TABLE = quantities(__file__), tables(__file__)

FEWEST_EFFECTS = 3
HEAD = "retraining.decay"
UNKNOWN = (
    "how fast the model ages cannot be told from these data: {why}; fewer than three versions with `effect_value` in "
    "retraining.history; no benchmark on ten days with labels"
)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the decay by the best means there is, and the gain of each kind of refit on the newest days."""
    unit, rmse = ("", math.nan) if ledger.plan.binary else (target_unit(project), _rmse(ledger))
    found = backtested(ledger)
    how, decay = _decay(project, ledger, found, rmse)
    why = Reason(UNKNOWN.format(why=found if isinstance(found, str) else ""), ("retraining.history",))
    curve = _curve(found, decay, unit, why)
    return Evidence(
        facts=(
            *_decay_facts(how, decay, found, rmse, unit, why),
            *refit_facts(project, ledger),
            *step_facts(project, ledger),
            *(cell for row in curve.rows for cell in row if isinstance(cell, Fact)),
        ),
        tables=(curve,),
    )


def _rmse(ledger: Ledger) -> float:
    sums = all_rows(ledger)
    return math.nan if sums is None else estimate(RMSE, sums).value


def _decay(project: Project, ledger: Ledger, found: Backtest | str, rmse: float) -> tuple[str, Decay | None]:
    if isinstance(found, Backtest):
        return "backtest", found.decay
    versions = _by_versions(project, 1.0 if ledger.plan.binary else 2.0 * rmse)
    if versions:
        return "versions", versions
    course = _by_course(ledger)
    return ("course", course) if course else ("", None)


def _by_versions(project: Project, squared: float) -> Decay | None:
    """Fit what each version took off the error of the one before on how old that one was, through age 0.

    `squared` is the mean squared error that a unit of that error makes: 1 for a Brier score, 2 RMSE for an RMSE.
    """
    history = sorted(project.settings.retraining.history, key=lambda one: one.date)
    pairs = [
        ((new.date - old.date).days, new.effect_value)
        for old, new in itertools.pairwise(history)
        if new.effect_value is not None and new.date > old.date
    ]
    if len(pairs) < FEWEST_EFFECTS or not squared > 0:
        return None
    age, effect = np.array([pair[0] for pair in pairs], dtype=float), np.array([pair[1] for pair in pairs], dtype=float)
    square = float((age**2).sum())
    slope, df = float((age * effect).sum()) / square, len(pairs) - 1.0
    se = math.sqrt(float(((effect - slope * age) ** 2).sum()) / df / square)
    return Decay(shape=Shape(), scale=squared * slope, se=squared * se, df=df, days=int(age.sum()))


def _by_course(ledger: Ledger) -> Decay | None:
    """Return the slope of the loss against the benchmark, residual days correlated; None below ten days."""
    course, rows = benchmark_course(ledger)
    seen = np.isfinite(course) & (rows > 0)
    if seen.sum() < 10:
        return None
    x, y = np.flatnonzero(seen).astype(np.float64), course[seen]
    slope, level = np.polyfit(x, y, 1)
    se = math.sqrt(ar1_day_variance(y - (slope * x + level)).se2 / float(((x - x.mean()) ** 2).mean()))
    return Decay(shape=Shape(), scale=float(slope), se=se, df=max(float(x.size) - 2.0, 1.0), days=int(x.size))


NAMES = {
    "backtest": "refits on past days, compared on the same later days",
    "versions": "what versions took off the error of those before them, same rows",
    "course": "slope of the error against the benchmark; right only if the benchmark does not age, else too high",
}


def _decay_facts(
    how: str, decay: Decay | None, found: Backtest | str, rmse: float, unit: str, why: str
) -> Iterator[Fact]:
    shown = None if decay is None else how != "course" and decay.visible
    yield _said("method", NAMES.get(how), "How ageing is measured", why)
    yield _said("shape", decay.shape.family if decay else None, "Shape of the growth", why)
    yield _said("visible", shown, "Ageing is visible", why, unit="flag")
    for name in NAMES:
        yield _said(f"by_{name}", how == name, f"Ageing measured by {name}", why, unit="flag")
    low, high = decay.interval() if decay else (math.nan, math.nan)
    scale, n = (decay.scale, decay.days) if decay else (math.nan, None)
    yield number(
        QUANTITY("retraining.decay.scale"), scale, low=low, high=high, n=n, method=NAMES.get(how, ""), reason=why
    )
    yield number(QUANTITY("retraining.decay.se"), decay.se if decay else math.nan, reason=why)
    yield number(QUANTITY("retraining.decay.df"), decay.df if decay else math.nan, reason=why)
    parameter = decay.shape.parameter if decay else math.nan
    yield number(QUANTITY("retraining.decay.parameter"), parameter, reason=why)
    month = float(decay.shape.at(np.array([30.0]))[0]) if decay else math.nan
    rise = [_rise(rmse, value * month) for value in (scale, low, high)]
    yield number(
        QUANTITY("retraining.decay.after_30_days"),
        rise[0],
        unit=unit,
        low=rise[1],
        high=rise[2],
        n=n,
        method=NAMES.get(how, ""),
        reason=why,
    )
    yield from _grid_facts(found)


def _said(name: str, value: str | bool | None, label: str, why: str, *, unit: str = "") -> Fact:
    reason = why if value is None else ""
    return Fact(id=f"{HEAD}.{name}", value=value, unit=unit, label=label, origin="derived", reason=reason)


def _grid_facts(found: Backtest | str) -> Iterator[Fact]:
    why = found if isinstance(found, str) else ""
    window, oldest = (found.grid.window, found.oldest) if isinstance(found, Backtest) else (math.nan, math.nan)
    yield number(QUANTITY("retraining.decay.window"), window, reason=why)
    yield number(QUANTITY("retraining.decay.oldest"), oldest, reason=why)


def _curve(found: Backtest | str, decay: Decay | None, unit: str, why: str) -> Table:
    rows = tuple(_points(found, unit)) if isinstance(found, Backtest) and decay else ()
    return TABLE("retraining.decay_curve", rows, reason=found if isinstance(found, str) else why)


def _points(found: Backtest, unit: str) -> Iterator[tuple[Cell, ...]]:
    """Yield measured and fitted rise by age; the fitted one at the level of all measured ones together."""
    fresh = math.sqrt(float(np.average(found.grid.loss[:, 0], weights=found.grid.rows)))
    ages = range(found.oldest + 1)
    excess = [_excess(found, age) for age in ages]
    growth = found.decay.shape.at(np.arange(found.oldest + 1, dtype=np.float64))
    level = float(np.mean(np.array([value for value, _ in excess]) - found.decay.scale * growth))
    for age, (value, days) in zip(ages, excess, strict=True):
        scales = (found.decay.scale, *found.decay.interval())
        fitted = [_rise(fresh, level + scale * float(growth[age])) for scale in scales]
        head = f"{HEAD}.age.{age}"
        yield (
            number(QUANTITY("{head}.days_old", head=head), float(age)),
            number(QUANTITY("{head}.measured", head=head, age=age), _rise(fresh, value), unit=unit, n=days),
            number(
                QUANTITY("{head}.fitted", head=head, age=age, family=found.decay.shape.family),
                fitted[0],
                unit=unit,
                low=fitted[1],
                high=fitted[2],
            ),
            number(QUANTITY("{head}.days", head=head), float(days)),
        )


def _excess(found: Backtest, age: int) -> tuple[float, int]:
    """Return the mean squared error above that of the fresh refit on the same days, and how many days."""
    seen = np.isfinite(found.grid.loss[:, age])
    rows = found.grid.rows[seen]
    excess = (found.grid.loss[seen, age] - found.grid.loss[seen, 0]) * rows
    return float(excess.sum() / rows.sum()), int(seen.sum())


def _rise(fresh: float, excess: float) -> float:
    """Return the rise of the typical error; of a Brier score, where `fresh` is nan, the excess itself."""
    if math.isnan(fresh):
        return excess
    return math.sqrt(max(fresh**2 + excess, 0.0)) - fresh


ANALYSIS = Analysis(id="ageing", title="How the model ages, and what a refit gains", run=run)
