"""Takes both versions' errors by day, gives what each errs over the newest window, and what going back would bring."""

from __future__ import annotations

from generator.records.fact import Fact
from generator.records.headline import told
from generator.records.margins import ERROR
from generator.records.project import Metric, Project
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.rules import RuleLevel, rule_levels
from generator.subjects.limits.series import by_day, from_table, rolling, runs

TABLE = "previous.daily"
NO_DAYS = "both versions cannot be compared by day"
WAYS = {
    "worse": "would raise the error",
    "better": "would lower the error",
    "same": "would make no difference to the error that matters",
}


def both_over(at: Known, window: int, minimum_n: int | None = None) -> tuple[float, float] | None:
    """Return the errors of this and of the previous version over the newest full window, same rows."""
    values = [_windows(at, column, window, minimum_n) for column in ("own", "previous")]
    own, before = (next((value for value in reversed(found) if value is not None), None) for found in values)
    return None if own is None or before is None else (own, before)


def _windows(at: Known, column: str, window: int, minimum_n: int | None = None) -> tuple[float | None, ...]:
    metric: Metric = "rmse" if told(at.facts).metric == "rmse" else "brier"
    series = by_day(metric, from_table(at, TABLE, column), from_table(at, TABLE, "rows"))
    return () if series is None else rolling(series, window, minimum_n)


def tonight(at: Known, project: Project) -> tuple[Fact, ...]:
    """Return what going back would do to the error by the newest day, and whether it would close an open alert."""
    both, days = both_over(at, 1), sorted(from_table(at, TABLE, "own"))
    unit = at.fact("headline.production").unit
    change = None if both is None or not both[0] else both[1] / both[0] - 1
    level = _lowest(at, project)
    over = None if level is None else _over(at, level)
    return (
        derived(
            "rollback.tonight.way",
            None if change is None else WAYS["same" if abs(change) < ERROR else "worse" if change > 0 else "better"],
            label="What going back would do",
            method="previous version against this one, newest day, same rows; less than 5 % counts as no difference",
            source=TABLE,
            reason=NO_DAYS,
        ),
        derived(
            "rollback.tonight.against",
            None if change is None else change > -ERROR,
            unit="flag",
            label="Nothing speaks for going back because of the error",
            method="the previous version is not better by 5 % on the newest day",
            reason=NO_DAYS,
        ),
        derived(
            "rollback.tonight.day",
            days[-1] if days else None,
            unit="date",
            label="The newest day of both",
            method="the last day of the table",
            source=TABLE,
            reason=NO_DAYS,
        ),
        *(
            derived(
                f"rollback.tonight.{name}",
                both and both[at_],
                unit=unit,
                label=f"{label}, newest day",
                method="error of the newest day, rows that both versions scored",
                source=TABLE,
                reason=NO_DAYS,
            )
            for at_, (name, label) in enumerate((("own", "This version"), ("previous", "Previous version")))
        ),
        derived(
            "rollback.previous.days_over",
            None if over is None else over[0],
            unit="days",
            n=None if over is None else over[1],
            label="Days on which the previous version would have raised the lowest alert on the error",
            method="the rule of that alert on the errors of the previous version",
            source=level.limit.threshold.id if level else "",
            reason="no alert rule on the error, or no day of both versions",
        ),
    )


def _lowest(at: Known, project: Project) -> RuleLevel | None:
    """The first level of the first rule on the headline metric."""
    metric = told(at.facts).metric
    return next((level for level in rule_levels(project) if level.rule.metric == metric), None)


def _over(at: Known, level: RuleLevel) -> tuple[int, int] | None:
    limit = level.limit
    values = _windows(at, "previous", limit.window_days, limit.minimum_n)
    if not any(value is not None for value in values) or number_of(limit.threshold) is None:
        return None
    fired = runs([value is not None and limit.breached(value) for value in values], limit.consecutive)
    return sum(fired), sum(value is not None for value in values)
