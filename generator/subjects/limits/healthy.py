"""Takes a limit and a daily volume, gives how often a healthy model would breach it and what it can see."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from generator.estimates.features import critical
from generator.records.fact import SIMULATION, Fact
from generator.records.headline import BINARY
from generator.records.project import Project
from generator.stats import alarms, detection
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, number_of, text_of
from generator.subjects.limits.measured import reference, scatter, validation
from generator.subjects.limits.quantities import OF_PROBABILITIES, Limit, population
from generator.subjects.limits.readings import whole_period_values
from generator.subjects.limits.series import daily, points_in, step_days
from generator.subjects.performance.found import Performance

SEED = 20_26
WIDTH = 1.96
FEWEST = 8
"""Supplied days from which their spread can be told."""
SIMULATED = 50_000
"""Independent rows of a window beyond which the mean square is as good as gamma, and drawing rows costs too much."""
NEVER = 1e-6
"""A chance below this is printed as none: its model is not that exact."""
NO_SPREAD = "cannot be told"
UNJUDGED = "it is not judged: its window holds fewer rows than it asks for"
OF_ERRORS = ("rmse", "mae", "bias", *OF_PROBABILITIES)
"""Metrics of single predictions, which are alike where entities come back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """A chance per window with its method, or None with the reason why it cannot be worked out."""

    value: float | None
    method: str = ""
    reason: str = ""
    error: float = 0.0
    """Monte-Carlo standard error; 0 where nothing is simulated."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """Return the ends of the Monte-Carlo interval, where there is one."""
        if self.value is None or self.error <= 0:
            return None
        return max(0.0, self.value - WIDTH * self.error), min(1.0, self.value + WIDTH * self.error)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What a chance is worked out from: the limit, the rows of its window, and what is known."""

    limit: Limit
    bound: float
    rows: float
    design_effect: float
    step: int
    """Calendar days from one day with data to the next."""
    shared: float
    """Correlation of the errors of any two such days, since the same entities come back."""
    known: Known
    project: Project

    @property
    def effective(self) -> float:
        """Return the independent rows of a window."""
        return self.rows / self.design_effect

    @property
    def points(self) -> int:
        """Return the days with data of a window."""
        return points_in(self.limit.window_days, self.step)


def healthy_breach(limit: Limit, rows_per_day: float | None, known: Known, project: Project) -> Chance:
    """Return the chance that one window breaches `limit` although nothing has changed."""
    bound = limit.threshold.number
    if bound is None:
        return Chance(value=None, reason=limit.threshold.reason)
    if rows_per_day is None:
        return Chance(value=None, reason="the number of rows a day is not known")
    if limit.segment:
        return Chance(value=None, reason="how errors scatter within one segment is not known")
    if limit.metric not in BREACHES:
        return Chance(value=None, reason="what this metric is when all is well is not known")
    if not limit.upward and limit.metric not in ("rows", *OF_PROBABILITIES):
        return Chance(value=None, reason="worked out for rises only")
    at = setting(limit, bound, rows_per_day, known, project)
    if at.rows < (limit.minimum_n or 0):
        return Chance(value=None, reason=UNJUDGED)
    chance = BREACHES[limit.metric](at)
    if chance.value is not None and math.isnan(chance.value):
        return Chance(value=None, reason="not computable from the numbers there are")
    return chance


def setting(limit: Limit, bound: float, rows_per_day: float, known: Known, project: Project) -> Setting:
    """Return the rows of a window and their design effect at a volume of so many rows a calendar day."""
    step = step_days(known)
    rows = rows_per_day * step * points_in(limit.window_days, step)
    total, entities = known.number("data.production.rows"), known.number("data.production.entities")
    per_entity = total / entities if total and entities else 1.0
    in_window, in_day = (count / entities if entities else 1.0 for count in (rows, rows_per_day * step))
    whole = known.number("data.design_effect") or 1.0
    effect = detection.window_design_effect(whole, per_entity, in_window)
    return Setting(
        limit=limit,
        bound=bound,
        rows=rows,
        design_effect=min(effect, max(rows, 1.0)),
        step=step,
        shared=round(detection.shared_part(whole, per_entity, in_day), 2) if limit.metric in OF_ERRORS else 0.0,
        known=known,
        project=project,
    )


def chance_fact(id: str, chance: Chance, *, label: str, source: str) -> Fact:
    """Return the chance of a breach as a fact, with its Monte-Carlo interval where it was simulated."""
    low, high = chance.ends or (None, None)
    return derived(
        id,
        0.0 if chance.value is not None and chance.value < NEVER else chance.value,
        unit="probability",
        label=label,
        method=chance.method,
        source=source,
        reason=chance.reason,
        low=low,
        high=high,
        range=SIMULATION,
        simulated=chance.ends is not None,
    )


@lru_cache(maxsize=256)
def _heavy_tailed(healthy: float, bound: float, effective: float, kurtosis: float) -> alarms.Simulated:
    return alarms.rmse_breach_simulated(healthy, bound, effective, kurtosis, SEED)


def _rmse(at: Setting) -> Chance:
    own = at.known.shelf[Performance]
    healthy, kurtosis = own.head.validation.number, own.kurtosis.number
    if healthy is None:
        return Chance(value=None, reason="the validation RMSE is not known")
    if kurtosis is None or kurtosis <= 3:
        value = alarms.rmse_breach_normal(healthy, at.bound, at.rows, at.design_effect)
        return Chance(value=value, method="validation RMSE, normal errors, exact chi-square")
    if at.effective > SIMULATED:
        value = alarms.rmse_breach_normal(healthy, at.bound, at.rows, at.design_effect * (kurtosis - 1) / 2)
        return Chance(value=value, method="validation RMSE, chi-square with the variance of the measured kurtosis")
    found = _heavy_tailed(healthy, at.bound, at.effective, kurtosis)
    return Chance(
        value=found.value,
        error=found.se,
        method="validation RMSE, Student t errors of the measured kurtosis, simulated, interval of the simulation",
    )


def _mae(at: Setting) -> Chance:
    mae, rmse = validation(at.known.shelf, "mae").number, at.known.shelf[Performance].head.validation.number
    if mae is None or rmse is None:
        return Chance(value=None, reason="validation MAE and RMSE are not both known")
    value = detection.mae_breach(mae, rmse, at.bound, at.effective)
    return Chance(value=value, method="validation MAE, normal approximation")


def _bias(at: Setting) -> Chance:
    rmse = typical_error(at)
    if rmse is None:
        return Chance(value=None, reason="the validation error is not known")
    if rmse == 0:
        return Chance(value=None, reason=f"{NO_SPREAD}: the validation error is zero")
    return Chance(value=detection.bias_breach(rmse, at.bound, at.effective), method="no bias, normal approximation")


def typical_error(at: Setting) -> float | None:
    """Return the root of the mean squared error at validation."""
    found = at.known.shelf[Performance]
    error = found.head.validation.number
    return math.sqrt(error) if error is not None and found.name is BINARY else error


def healthy_level(at: Setting) -> float | None:
    """Return what a metric of probabilities is when all is well: its validation value, else that of the reference."""
    shelf, metric = at.known.shelf, at.limit.metric
    level = validation(shelf, metric).number
    return reference(shelf, metric) if level is None else level


def window_error(at: Setting) -> float | None:
    """Return the standard error of a metric of probabilities over one window."""
    spread = scatter(at.known.shelf, at.limit.metric)
    return None if spread is None or not at.effective > 0 else spread / math.sqrt(at.effective)


def _probabilities(at: Setting) -> Chance:
    healthy, error = healthy_level(at), window_error(at)
    if healthy is None:
        return Chance(value=None, reason="the validation value is not known")
    if error is None:
        return Chance(value=None, reason="how this metric scatters by chance is not known")
    if error == 0:
        return Chance(value=None, reason=f"{NO_SPREAD}: it never varied in the supplied rows")
    sign = 1 if at.limit.upward else -1
    value = detection.exceeds_normal(sign * healthy, error, sign * at.bound)
    return Chance(value=value, method="validation value, spread of the supplied rows, normal approximation")


def _rows(at: Setting) -> Chance:
    series = daily(at.known, "rows")
    if series is None or len(series.values) < FEWEST:
        return Chance(value=None, reason=f"{NO_SPREAD}: too few supplied days")
    own = at.known.number("data.production.per_day") or 0.0
    if not math.isclose(at.rows, own * at.points):
        if at.limit.breached(at.rows / at.points):
            return Chance(value=1.0, method="such a volume is beyond the limit itself")
        return Chance(value=None, reason="its threshold is a volume itself")
    mean, sd = statistics.fmean(series.values), spread_of_rows(at)
    if not sd:
        return Chance(value=None, reason=f"{NO_SPREAD}: it never varied on the supplied days")
    sign = 1 if at.limit.upward else -1
    value = detection.exceeds_normal(sign * mean, sd, sign * at.bound)
    return Chance(value=value, method="normal, mean and spread of the supplied days taken as healthy")


def spread_of_rows(at: Setting) -> float | None:
    """Return the standard error of the mean number of rows of a window's days."""
    series = daily(at.known, "rows")
    if series is None or len(series.values) < FEWEST:
        return None
    return statistics.stdev(series.values) / math.sqrt(at.points)


def moments_of_features(at: Setting) -> dict[str, tuple[float, float]]:
    """Return reference mean and standard deviation of the numeric features that a limit looks at."""
    chosen = critical(at.project) if at.limit.features == "critical" else None
    found: dict[str, tuple[float, float]] = {}
    for row in at.known.rows("drift.quantiles"):
        name = text_of(row.get("feature"))
        mean, sd = number_of(row.get("mean_reference")), number_of(row.get("sd_reference"))
        if mean and sd is not None and (chosen is None or name in chosen):
            found[name] = (mean, sd)
    return found


def _varying(at: Setting) -> dict[str, tuple[float, float]]:
    return {name: moments for name, moments in moments_of_features(at).items() if moments[1] > 0}


def _mean_change(at: Setting) -> Chance:
    features = _varying(at)
    if not features:
        told_of = moments_of_features(at)
        why = f"{NO_SPREAD}: no input varied" if told_of else "reference means and spreads are not known"
        return Chance(value=None, reason=why)
    if population(at.limit.metric, at.limit.features) == "mean":
        ratios = [sd / abs(mean) for mean, sd in features.values()]
        value = detection.mean_abs_change_flag(ratios, at.bound, at.rows)
    else:
        reference = at.known.number("data.reference.rows") or math.inf
        flags = (alarms.mean_change_flag(*pair, at.bound, at.rows, reference) for pair in features.values())
        value = detection.any_of(flags)
    return Chance(
        value=value,
        method="reference mean and spread, normal approximation, features independent, rows of a window drawn from all "
        "of training: a feature with a season or a trend fires more often",
    )


def _sd_change(at: Setting) -> Chance:
    count = max(len(moments_of_features(at)), 1)
    one = detection.sd_change_flag(at.bound, at.rows)
    return Chance(value=detection.any_of([one] * count), method="normal features, independent")


def _psi(at: Setting) -> Chance:
    count = len(whole_period_values("psi", at.limit.features, at.known, at.project))
    one = detection.psi_breach(at.bound, at.rows)
    return Chance(value=detection.any_of([one] * max(count, 1)), method="chi-square of ten bins, features independent")


def reference_missing(at: Setting) -> dict[str, float]:
    """Return the reference missing rates that a limit looks at, by feature; under an empty name their mean."""
    if population(at.limit.metric, at.limit.features) == "mean":
        overall = at.known.number("missing.overall.reference")
        return {} if overall is None else {"": overall}
    values = whole_period_values("missing", at.limit.features, at.known, at.project)
    found = {name: at.known.of_feature("missing.{}.reference", name).number for name in values}
    return {name: rate for name, rate in found.items() if rate is not None}


def _missing(at: Setting) -> Chance:
    rates, relative = reference_missing(at), at.limit.metric == "missing_points"
    if not rates:
        return Chance(value=None, reason="reference missing rates are not known")
    if not any(rates.values()):
        return Chance(value=None, reason=f"{NO_SPREAD}: nothing was ever missing in training")
    rows = max(1, round(at.rows))
    chances = (alarms.share_breach(rate, at.bound + rate if relative else at.bound, rows) for rate in rates.values())
    return Chance(value=detection.any_of(chances), method="binomial at the reference rate, features independent")


def _unseen(at: Setting) -> Chance:
    shares = [number_of(row.get("expected")) for row in at.known.rows("unseen.features")]
    if not shares:
        return Chance(value=None, reason="how often a new category is normal is not known")
    expected = min(1.0, sum(share for share in shares if share is not None))
    if expected == 0:
        return Chance(value=None, reason=f"{NO_SPREAD}: training lets one expect no new category")
    value = alarms.share_breach(expected, at.bound, max(1, round(at.rows)))
    return Chance(value=value, method="binomial at the share that the reference rows let expect")


BREACHES: dict[str, Callable[[Setting], Chance]] = {
    **dict.fromkeys(OF_PROBABILITIES, _probabilities),
    "rmse": _rmse,
    "mae": _mae,
    "bias": _bias,
    "rows": _rows,
    "mean_change": _mean_change,
    "sd_change": _sd_change,
    "psi": _psi,
    "missing": _missing,
    "missing_points": _missing,
    "unseen": _unseen,
}
