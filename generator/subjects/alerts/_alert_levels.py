"""Takes one level of an alert rule, gives what it would have done and how many false alarms it would give."""

import math
import statistics
from dataclasses import dataclass

from generator.records.fact import Fact, missing
from generator.records.project import Project
from generator.records.project.units import SHARES
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.stats import alarms, detection
from generator.stats.distributions import normal_quantile
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.counting import Counts, chance_of_counts, read_watched
from generator.subjects.limits.formulas import OF_ERRORS, label_delay
from generator.subjects.limits.healthy import (
    Chance,
    Setting,
    healthy_breach,
    moments_of_features,
    reference_missing,
    setting,
    spread_of_rows,
    typical_error,
    window_error,
)
from generator.subjects.limits.measured import validation
from generator.subjects.limits.messages import HORIZON, days_to_message, monthly_fact, pace_in, pace_of, shown_with
from generator.subjects.limits.quantities import OF_PROBABILITIES, unit_of
from generator.subjects.limits.readings import Reading, days_fired
from generator.subjects.limits.rules import RuleLevel, title_of
from generator.subjects.limits.series import rows_a_day
from generator.subjects.performance.found import Performance

QUANTITY = quantities(__file__)

RELATIVE = ("rmse", "mae", "brier", "log_loss")
NORMAL = 3.0
NO_SPREAD = "how this metric scatters by chance is not known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluated:
    """A level with everything that is known of it."""

    level: RuleLevel
    reading: Reading
    days: Fact
    chance: Chance
    false_alarms: Fact
    delay: Fact
    visible: Fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts of the level in the order of the contract."""
        return (self.level.limit.threshold, self.days, self.false_alarms, self.delay, self.visible)


def evaluate_all(counts: Counts, at: Known, project: Project) -> tuple[Evaluated, ...]:
    """Hold every declared level of every rule against the data."""
    return tuple(_evaluate(level, reading, counts, at, project) for level, reading in read_watched(counts, at, project))


def chance_of(level: RuleLevel, per_day: float | None, counts: Counts, at: Known, project: Project) -> Chance:
    """Return the chance that a healthy model breaches a level in one window at a daily volume."""
    if level.limit.metric == "alerts_per_day":
        return chance_of_counts(level.limit, counts)
    return healthy_breach(level.limit, per_day, at, project)


def _evaluate(level: RuleLevel, reading: Reading, counts: Counts, at: Known, project: Project) -> Evaluated:
    rows = rows_a_day(at)
    chance = chance_of(level, rows, counts, at, project)
    delay, visible = _sight(level, chance, reading.current.reason, at, project)
    return Evaluated(
        level=level,
        reading=reading,
        days=days_fired(reading, f"{level.id}.days_fired", "Days it would have fired"),
        chance=chance,
        false_alarms=alarm_fact(f"{level.id}.false_alarms_per_month", chance, level, rows, at, project),
        delay=delay,
        visible=visible,
    )


def alarm_fact(id: str, chance: Chance, level: RuleLevel, rows: float | None, at: Known, project: Project) -> Fact:
    """Return the false alarms a month of a level at a volume of so many rows a day as a fact."""
    where = _where(level, rows, at, project)
    pace = pace_in(where) if where else pace_of(level.limit, at)
    return monthly_fact(id, chance, pace, level.limit.threshold.id)


def _where(level: RuleLevel, rows: float | None, at: Known, project: Project) -> Setting | None:
    bound = number_of(level.limit.threshold)
    return None if bound is None or rows is None else setting(level.limit, bound, rows, at, project)


def _sight(level: RuleLevel, chance: Chance, blind: str, at: Known, project: Project) -> tuple[Fact, Fact]:
    """Expected days to the alert when the metric is at the red level, and the smallest change that is seen."""
    where, unit = _where(level, rows_a_day(at), at, project), unit_of(level.limit.metric, project)
    if level.limit.metric in RELATIVE:
        unit = "change"
    if where is None:
        reason = level.limit.threshold.reason or "the number of rows a day is not known"
        return missing(f"{level.id}.delay", reason, unit="days"), missing(
            f"{level.id}.smallest_visible", reason, unit=unit
        )
    return _delay(level, chance, where, blind), _visible(level, chance, where, blind, unit)


def _delay(level: RuleLevel, chance: Chance, where: Setting, blind: str) -> Fact:
    red = level.rule.red if level.rule.red is not None else where.bound
    late = label_delay(where.known, where.project)
    waits = number_of(late) if level.limit.metric in OF_ERRORS else None
    days = days_to_message(chance, seen_at(where, red), pace_in(where))
    truth = f" and {late.id} until the truth is in" if waits else ""
    return derived(
        QUANTITY("{level}.delay", level=level.id, truth=truth),
        None if days is None else days + (waits or 0.0),
        source=", ".join((level.limit.threshold.id, *((late.id,) if waits else ()))),
        reason=blind or chance.reason or f"{NO_SPREAD}, or the level is never seen",
        simulated=True,
    )


def _visible(level: RuleLevel, chance: Chance, where: Setting, blind: str, unit: str) -> Fact:
    share, why = shown_with(chance, pace_in(where))
    smallest = None if share is None else shown_level(where, share)
    return derived(
        QUANTITY("{level}.smallest_visible", level=level.id),
        change_to(where, smallest) if smallest is not None and level.limit.metric in RELATIVE else smallest,
        unit=unit,
        source=level.limit.threshold.id,
        method=f"true level from which a message within {HORIZON} days is due in four of five cases beyond those in "
        "which chance alone sends one (Abbott 1925); of shifts for the median feature",
        reason=blind or why or NO_SPREAD,
        simulated=True,
    )


def total_false_alarms(levels: tuple[Evaluated, ...]) -> Fact:
    """Return the false alarms a month of all rules together, of each its lowest level."""
    lowest = _lowest(levels)
    values = [value for value in map(number_of, lowest.values()) if value is not None]
    left = [rule for rule, fact in lowest.items() if number_of(fact) is None]
    return derived(
        QUANTITY("alerts.total.false_alarms_per_month"),
        sum(values) if values else None,
        n=len(values) or None,
        method="sum of the expected messages, of each rule its lowest level"
        + (f"; without {', '.join(left)}, which cannot be told" if left else ""),
        reason="it can be worked out for no rule" if levels else lacking("no alert rules declared", "alerts.rules"),
        simulated=True,
    )


def left_out(levels: tuple[Evaluated, ...]) -> tuple[tuple[str, str], ...]:
    """Return the rules that the total leaves out, each with the reason."""
    return tuple((rule, fact.reason) for rule, fact in _lowest(levels).items() if number_of(fact) is None)


def _lowest(levels: tuple[Evaluated, ...]) -> dict[str, Fact]:
    """The false alarms of each declared rule's lowest level, by its title; what stands beside sends no message."""
    lowest: dict[str, tuple[str, Fact]] = {}
    for one in (each for each in levels if each.level.path):
        lowest.setdefault(one.level.rule.id, (title_of(one.level.rule), one.false_alarms))
    return dict(lowest.values())


def seen_at(at: Setting, degraded: float) -> float | None:
    """Return the chance that a window breaches the limit when the metric truly is at `degraded`."""
    metric = at.limit.metric
    if metric == "rmse":
        tails = (max(_kurtosis(at), NORMAL) - 1.0) / (NORMAL - 1.0)
        return alarms.rmse_breach_normal(degraded, at.bound, at.rows, at.design_effect * tails)
    if metric == "psi":
        return detection.psi_breach(at.bound, at.rows, true=degraded)
    if metric in SHARES:
        base = _base_rate(at)
        return alarms.share_breach(min(max(base + degraded, 0.0), 1.0), base + at.bound, max(1, round(at.rows)))
    error, sign = standard_error(at), 1 if at.limit.upward else -1
    return detection.exceeds_normal(sign * degraded, error, sign * at.bound) if error else None


def shown_level(at: Setting, chance: float) -> float | None:
    """Return the true level at which a window breaches the limit with this chance."""
    if at.limit.metric == "rmse":
        return detection.visible_rmse(at.bound, _kurtosis(at), at.effective, chance)
    if at.limit.metric == "psi":
        return detection.visible_psi(at.bound, at.rows, chance)
    if at.limit.metric in SHARES:
        base = _base_rate(at)
        return alarms.visible_share(base + at.bound, max(1, round(at.rows)), chance) - base
    error, sign = standard_error(at), 1 if at.limit.upward else -1
    return sign * (sign * at.bound + normal_quantile(chance) * error) if error else None


def _kurtosis(at: Setting) -> float:
    return at.known.shelf[Performance].kurtosis.number or NORMAL


def _base_rate(at: Setting) -> float:
    """Return the rate that a rise comes on top of, that of the median feature."""
    return statistics.median(reference_missing(at).values() or [0.0]) if at.limit.metric == "missing_points" else 0.0


def standard_error(at: Setting) -> float | None:
    """Return the standard error of the metric in one window; of shifts that of the median feature."""
    metric = at.limit.metric
    if at.rows <= 0:
        return None
    if metric in OF_PROBABILITIES:
        return window_error(at)
    if metric == "mean_change":
        ratios = [sd / abs(mean) for mean, sd in moments_of_features(at).values()]
        return statistics.median(ratios) / math.sqrt(at.rows) if ratios else None
    if metric == "rows":
        return spread_of_rows(at)
    return _of_errors(at)


def _of_errors(at: Setting) -> float | None:
    rmse, mae = typical_error(at), validation(at.known.shelf, "mae").number
    if rmse is None:
        return None
    if at.limit.metric == "bias":
        return rmse / math.sqrt(at.effective)
    if at.limit.metric != "mae" or mae is None:
        return None
    return math.sqrt(max(rmse**2 - mae**2, 0.0) / at.effective)


def change_to(at: Setting, level: float) -> float | None:
    """Return a level of the error relative to validation; other metrics are changes or shares already."""
    if at.limit.metric not in RELATIVE:
        return None
    healthy = validation(at.known.shelf, at.limit.metric).number
    return level / healthy - 1 if healthy else None
