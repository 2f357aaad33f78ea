"""Takes both versions' errors by day, gives what each errs over the newest window, and what going back would bring."""

from collections.abc import Callable, Iterator

from generator.records.fact import Fact
from generator.records.headline import BINARY
from generator.records.margins import ERROR
from generator.records.project import Metric, Project
from generator.results.words import quantities
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.rules import RuleLevel, rule_levels
from generator.subjects.limits.series import by_day, rolling, runs
from generator.subjects.performance.found import BothDay, BothDays, Performance

QUANTITY = quantities(__file__)

TABLE = "previous.daily"
NO_DAYS = "both versions cannot be compared by day"
NOW = "rollback.tonight"


def both_over(at: Known, window: int, minimum_n: int | None = None) -> tuple[float, float] | None:
    """Return the errors of this and of the previous version over the newest full window, same rows."""
    values = [_windows(at, version, window, minimum_n) for version in (_own, _before)]
    own, before = (next((value for value in reversed(found) if value is not None), None) for found in values)
    return None if own is None or before is None else (own, before)


Version = Callable[[BothDay], Fact]
"""The error of one of the two versions on a day."""


def _own(day: BothDay) -> Fact:
    return day.own


def _before(day: BothDay) -> Fact:
    return day.previous


def _windows(at: Known, version: Version, window: int, minimum_n: int | None = None) -> tuple[float | None, ...]:
    found = at.shelf[BothDays]
    metric: Metric = "brier" if found.headline == BINARY.metric else "rmse"
    errors = {day.date: error for day in found.days if (error := version(day).number) is not None}
    series = by_day(metric, errors, {day.date: rows for day in found.days if (rows := day.rows.number) is not None})
    return () if series is None else rolling(series, window, minimum_n)


def tonight(at: Known, project: Project) -> tuple[Fact, ...]:
    """Return what going back would do to the error by the newest day, and what may be asked of it afterwards."""
    both, days = both_over(at, 1), [day.date for day in at.shelf[BothDays].days]
    unit = at.shelf[Performance].unit
    change = None if both is None or not both[0] else both[1] / both[0] - 1
    method = "previous version against this one, newest day, same rows; less than 5 % counts as no difference"
    ways = (
        ("helps", "Going back would lower the error", None if change is None else change <= -ERROR),
        ("harms", "Going back would raise the error", None if change is None else change >= ERROR),
    )
    errors = (("own", "This version", both and both[0]), ("previous", "Previous version", both and both[1]))
    return (
        *(
            flag(f"{NOW}.{key}", value, label=label, method=method, source=TABLE, reason=NO_DAYS)
            for key, label, value in ways
        ),
        derived(QUANTITY("{now}.day", now=NOW), days[-1] if days else None, source=TABLE, reason=NO_DAYS),
        *(
            derived(
                QUANTITY("{now}.{name}", now=NOW, name=name, label=label),
                value,
                unit=unit,
                source=TABLE,
                reason=NO_DAYS,
            )
            for name, label, value in errors
        ),
        *_criterion(at, unit),
        *_days_over(at, project),
    )


def _criterion(at: Known, unit: str) -> Iterator[Fact]:
    """Yield the error that a day after going back must not pass: the previous version kept to it on every day."""
    values = [value for value in _windows(at, _before, 1) if value is not None]
    named = (
        ("", max(values, default=None), unit, "Largest error of a day, previous version"),
        (".days", len(values) or None, "days", "Days on which the previous version was measured"),
    )
    for key, value, of, label in named:
        yield derived(
            QUANTITY("rollback.criterion{key}", key=key), value, unit=of, label=label, source=TABLE, reason=NO_DAYS
        )


def _days_over(at: Known, project: Project) -> Iterator[Fact]:
    """Yield the days on which the previous version would have raised the lowest alert, and those it could have."""
    level = _lowest(at, project)
    over = None if level is None else _over(at, level)
    named = (
        ("days_over", "Days on which the previous version would have raised the lowest alert on the error"),
        ("days_seen", "Days on which it could have"),
    )
    reason = "no alert rule on the error, or no day of both versions"
    label = "The previous version would have raised an alert on the error"
    yield flag("rollback.previous.alerts", None if over is None else over[0] > 0, label=label, reason=reason)
    for index, (key, label) in enumerate(named):
        yield derived(
            QUANTITY("rollback.previous.{key}", key=key),
            None if over is None else over[index],
            n=None if over is None else over[1],
            label=label,
            source=level.limit.threshold.id if level else "",
            reason=reason,
        )


def _lowest(at: Known, project: Project) -> RuleLevel | None:
    """The first level of the first rule on the headline metric."""
    metric = at.shelf[Performance].headline
    return next((level for level in rule_levels(project) if level.rule.metric == metric), None)


def _over(at: Known, level: RuleLevel) -> tuple[int, int] | None:
    limit = level.limit
    values = _windows(at, _before, limit.window_days, limit.minimum_n)
    if not any(value is not None for value in values) or limit.threshold.number is None:
        return None
    fired = runs([value is not None and limit.breached(value) for value in values], limit.consecutive)
    return sum(fired), sum(value is not None for value in values)
