"""Takes the measured ageing, the cost of a run and of an error, gives the interval of least cost and its doubt."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from generator.records.fact import SAMPLING, Fact
from generator.records.project import Project
from generator.results.words import Quantity, quantities
from generator.stats.arrays import ratio
from generator.stats.decay import Family, Shape
from generator.stats.retraining import Doubtful, doubtful
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.measured import production
from generator.subjects.limits.series import daily_rows

QUANTITY = quantities(__file__)

_estimated = partial(derived, range=SAMPLING)
DAYS_A_YEAR = 365
MONTH = 30
"""Days of age at which the loss is told to readers."""
TOLERANCE = 0.1
"""What an interval may cost above the best and still count as good, as a share."""
NO_ERROR = "no error was measured, hence none that could grow"
NEVER = "the older model was never worse"
FAMILIES: dict[str, Family] = {"linear": "linear", "power": "power", "saturating": "saturating"}


@dataclass(frozen=True, kw_only=True)
class Ageing:
    """The growth of the daily loss with age in money, up to its doubt.

    `visible`: it shows. `hidden`: it may be nothing. `bounded`: measured with the season in it, so at most this.
    `absent`: the older model surely errs no more.
    """

    doubt: Doubtful
    state: Literal["visible", "hidden", "bounded", "absent"]

    def staleness(self, interval: float, share: float | None = None, first: float | None = None) -> float:
        """Return the money a year that ageing costs at an interval, on average or at a share of the doubt.

        A version serves from an age of `first` days on; without it, from the age that a rollout leaves it.
        """
        scale = float(self.doubt.scales.mean()) if share is None else self.doubt.scale(share)
        youngest = self.doubt.lag if first is None else first
        return DAYS_A_YEAR * scale * self.doubt.shape.between(youngest, youngest + interval) / interval

    def per_day(self, age: float, share: float | None = None) -> float:
        """Return the money a day that a model of this age loses against a fresh one."""
        scale = float(self.doubt.scales.mean()) if share is None else self.doubt.scale(share)
        return scale * float(self.doubt.shape.at(np.array([age]))[0])


def money_per_error(at: Known, project: Project) -> Fact:
    """Return the money a day that one unit of mean squared error costs, small changes carried to the mean error."""
    binary = project.settings.data.task == "binary"
    facts = [at.fact("business.price_of_error"), daily_rows(at)]
    facts += [] if binary else [production(at.shelf, "mae"), production(at.shelf, "rmse")]
    values = [fact.number for fact in facts if fact.number is not None]
    value, why = None, "not computable"
    if len(values) == len(facts):
        price, rows, *rest = values
        share = ratio(rest[0], 2.0 * rest[1] ** 2) if rest else 1.0
        value, why = (None, NO_ERROR) if math.isnan(share) else (price * rows * share, "")
    return derived(
        QUANTITY("retraining.decay.money"),
        value,
        method="cost of a unit of error × rows a day" + ("" if binary else " × MAE / (2 × RMSE²)"),
        source=", ".join(fact.id for fact in facts),
        reason=next((fact.reason for fact in facts if fact.reason), why),
    )


def ageing(at: Known, money: Fact, cost: Fact, lag: float) -> tuple[Ageing | None, str]:
    """Return the ageing in money of versions that serve from an age of `lag` days on, or None and why not."""
    scale, se, df = (at.fact(f"retraining.decay.{name}") for name in ("scale", "se", "df"))
    family, parameter = at.fact("retraining.decay.shape").value, at.number("retraining.decay.parameter")
    values = [number_of(fact) for fact in (money, cost, scale, se)]
    each, run, slope, error = values
    if each is None or run is None or slope is None or error is None:
        return None, next(fact.reason for fact in (scale, se, money, cost) if fact.value is None)
    if run <= 0 or each <= 0:
        return None, "a run, or an error, costs nothing"
    shape = Shape(family=FAMILIES[str(family)], parameter=parameter or 1.0)
    doubt = doubtful(run, shape, slope * each, error * each, number_of(df) or math.inf, lag=lag)
    if doubt.upper <= 0:
        return Ageing(doubt=doubtful(run, shape, 0.0, 0.0), state="absent"), ""
    if at.fact("retraining.decay.by_course").value is True:
        return Ageing(doubt=doubt, state="bounded"), ""
    visible = at.fact("retraining.decay.visible").value is True
    return Ageing(doubt=doubt, state="visible" if visible else "hidden"), ""


def lost(id: str, label: str, value: float, low: float, high: float, *, method: str, simulated: bool = False) -> Fact:
    """Return what is lost a year by ageing, with the range that the doubt about it leaves."""
    return derived(
        id,
        value,
        unit="money",
        label=label,
        low=low,
        high=high,
        range=SAMPLING,
        simulated=simulated,
        source="retraining.decay.scale",
        method=method,
    )


def best_facts(found: Ageing | None, reason: str) -> tuple[Fact, ...]:
    """Return the interval of least cost, how wide the good ones lie, and what certainty would be worth."""
    basis = "retraining.decay.scale, retraining.decay.money, retraining.run.cost"

    def fact(what: Quantity, value: float, low: float = math.nan, high: float = math.nan) -> Fact:
        both = math.isfinite(low) and math.isfinite(high)
        return _estimated(
            what,
            value if math.isfinite(value) else None,
            source=basis,
            reason=reason or (NEVER if found and found.state == "absent" else "never on a schedule"),
            low=low if both else None,
            high=high if both else None,
        )

    nothing = math.nan
    doubt = found.doubt if found else None
    best = doubt.best() if doubt else None
    ends = [doubt.best(doubt.scale(share)).interval for share in (0.975, 0.025)] if doubt else [nothing, nothing]
    flat = doubt.flat(TOLERANCE) if doubt else (nothing, nothing)
    upper = doubt.best(doubt.upper) if doubt else None
    month = [found.per_day(MONTH, share) for share in (None, 0.025, 0.975)] if found else [nothing] * 3
    saved = doubt.information_per_day * DAYS_A_YEAR if doubt else nothing
    return (
        fact(QUANTITY("retraining.decay.money_after_30_days"), *month),
        fact(QUANTITY("retraining.best.interval"), best.interval if best else nothing, *ends),
        fact(QUANTITY("retraining.best.cost_per_year"), best.cost_per_day * DAYS_A_YEAR if best else nothing),
        fact(QUANTITY("retraining.best.shortest"), upper.interval if upper else nothing),
        fact(QUANTITY("retraining.flat.shortest"), flat[0]),
        fact(QUANTITY("retraining.flat.longest"), flat[1]),
        fact(QUANTITY("retraining.information_per_year"), saved),
    )
