"""Takes a declared level and the change that matters, gives what the level costs and sees: as it is told elsewhere."""

from generator.records.fact import Fact
from generator.records.project import Project
from generator.subjects.alerts import alarm_fact, seen_at
from generator.subjects.charts._reach import NEVER, SIZES, Seen
from generator.subjects.charts._watched import Watched
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import closing
from generator.subjects.limits.healthy import WIDTH, healthy_breach, setting
from generator.subjects.limits.messages import days_to_message, pace_in
from generator.subjects.limits.rules import RuleLevel
from generator.subjects.limits.series import rows_a_day


def false_alarms_of(level: RuleLevel, at: Known, project: Project) -> Fact:
    """Return the false alarms a month of a level, the same fact wherever it stands."""
    rows = rows_a_day(at)
    chance = healthy_breach(level.limit, rows, at, project)
    return alarm_fact(f"{level.id}.false_alarms_per_month", chance, level, rows, at, project)


def in_force(level: RuleLevel, one: Watched, shift: float, at: Known, project: Project) -> Seen | None:
    """Return false alarms a year, and delays after multiples of a change in daily SDs; None where not told."""
    rows, bound, alarms = rows_a_day(at), level.limit.threshold.number, false_alarms_of(level, at, project)
    monthly = alarms.number
    if rows is None or bound is None or monthly is None or one.base is None:
        return None
    where = setting(level.limit, bound, rows, at, project)
    chance, pace = healthy_breach(level.limit, rows, at, project), pace_in(where)
    delays = []
    for size in SIZES:
        degraded = one.metric_of(one.base.level + size * shift * one.base.sd)
        days = days_to_message(chance, seen_at(where, degraded), pace)
        delays.append(NEVER if days is None else days + closing(level.limit.metric, at, project))
    spread = 0.0 if alarms.low is None or alarms.high is None else (alarms.high - alarms.low) / (2 * WIDTH)
    return Seen(
        h=one.standardised(bound), per_year=12 * monthly, error=12 * spread, q90=12 * monthly, delays=tuple(delays)
    )
