"""Takes a bundle's results and those of newer rows, gives how much newer they are and which limits they breach."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from generator.errors import InputError
from generator.records.decision import Alert, AlertLevel, Gate, JudgedTrigger
from generator.records.fact import Fact, missing
from generator.records.project import Operator
from generator.records.results import Results
from generator.subjects.limits.quantities import holds
from generator.subjects.limits.series import runs
from generator.subjects.limits.watched import watched_id
from generator.subjects.verdict import verdict_of
from generator.subjects.verdict.conditions import BLOCKING

ROWS, BY_DAY = "production rows", "prediction.daily"
MINIMUM = "minimum."
DAY = datetime.timedelta(days=1)
NOTHING = missing("newer", "nothing measures it now")
UNTOLD: tuple[None, Fact, tuple[datetime.date, ...]] = (None, NOTHING, ())


@dataclass(frozen=True, kw_only=True)
class JudgedLimit:
    """A limit of a bundle, and whether newer rows breach it: None where nothing tells."""

    kind: Literal["alert", "gate", "trigger"]
    id: str
    title: str
    bound: Fact
    value: Fact
    """The newest value, of an alert that fired that of the last day on which it did."""
    breached: bool | None
    before: bool
    """Whether it was breached when the bundle was built."""
    days: tuple[datetime.date, ...] = ()
    """The newer days on which an alert fires."""


@dataclass(frozen=True, kw_only=True)
class Newer:
    """How many rows are newer than a bundle, of which days (none where rows have no days), and what they breach."""

    rows: int
    until: datetime.date
    days: tuple[datetime.date, ...]
    judged: tuple[JudgedLimit, ...]

    @property
    def breached(self) -> tuple[JudgedLimit, ...]:
        """Return the limits that newer rows breach."""
        return tuple(one for one in self.judged if one.breached)


def newer(then: Results, now: Results) -> Newer:
    """Hold what the newest rows say against the limits of a bundle, unless none of them is newer.

    Raises InputError for rows that another version scored.
    """
    mine, other = then.header.version, now.header.version
    if mine != other:
        what = f"the bundle is of version {mine}, and the rows are scored by version {other}"
        raise InputError(what, hint=f"verify a bundle of version {other}, or give the project as it was")
    rows = {datetime.date.fromisoformat(str(row["date"])): row["rows"] for row in now.records(BY_DAY)}
    since = then.header.as_of
    days = tuple(sorted(day for day in rows if day > since))
    if rows:
        count = sum(int(fact.number or 0) for fact in map(rows.get, days) if isinstance(fact, Fact))
    else:
        count = 0 if _given(then) == _given(now) else int(now.facts["data.production.rows"].number or 0)
    judged = tuple(_judged(then, now)) if count else ()
    return Newer(rows=count, until=now.header.as_of, days=days, judged=judged)


def _given(results: Results) -> set[str]:
    return {one.sha256 for one in results.header.inputs if one.role == ROWS}


def _judged(then: Results, now: Results) -> Iterator[JudgedLimit]:
    gates, triggers = {one.id: one for one in now.gates}, {one.id: one for one in now.triggers}
    alerts = {(one.id, each.level): one for one in now.alerts for each in one.levels}
    known = {gate.id for gate in then.gates}
    yield from (_gate(gate, gates.get(gate.id)) for gate in then.gates if gate.id not in BLOCKING)
    yield from (replace(_gate(gate, gate), before=False) for gate in now.gates if gate.id in gates.keys() - known)
    told = {(watched_id(one.id), one.threshold.source) for one in then.triggers if one.kind == "retraining"}
    for alert in then.alerts:  # the rule that watches a trigger has its limit, which is told once, of the trigger
        own = (each for each in alert.levels if (alert.id, each.bound.source) not in told)
        yield from (_alert(alert, each, alerts.get((alert.id, each.level)), then, now) for each in own)
    yield from (_trigger(trigger, triggers.get(trigger.id), now) for trigger in then.triggers)


def _gate(then: Gate, now: Gate | None) -> JudgedLimit:
    """Hold the interval of the newest value against the bundle's bound; what is counted has the verdict it has.

    Gates that nobody declares stand only where they fail.
    """
    state = now.verdict if now else "pass" if then.id.startswith(MINIMUM) else "inconclusive"
    if now and then.bound.number != now.bound.number:
        state = verdict_of(now.value, then.bound.number, then.metric)
    return JudgedLimit(
        kind="gate",
        id=then.id,
        title=then.title,
        bound=then.bound,
        value=now.value if now else NOTHING,
        breached=None if state == "inconclusive" else state == "fail",
        before=then.verdict == "fail",
    )


def _alert(then: Alert, level: AlertLevel, now: Alert | None, old: Results, new: Results) -> JudgedLimit:
    """Hold the newest windows against the bundle's threshold; a rule that reads something else tells nothing."""
    since = old.header.as_of
    before, _, _ = _state(then, level, old, since - DAY)
    breached, value, days = _state(then, level, new, since) if now and _reads(now) == _reads(then) else UNTOLD
    return JudgedLimit(
        kind="alert",
        id=f"{then.id}.{level.level}",
        title=level.bound.label,
        bound=level.bound,
        value=value,
        breached=breached,
        before=bool(before),
        days=days,
    )


def _reads(rule: Alert) -> tuple[str, float]:
    return rule.metric, rule.window_days


def _state(
    rule: Alert, level: AlertLevel, results: Results, since: datetime.date
) -> tuple[bool | None, Fact, tuple[datetime.date, ...]]:
    """Return whether a rule fires on a day after `since`, the value that tells it, and the days on which it does.

    A rule without values by day has one of the whole period.
    """
    rows = [row for row in results.records("alerts.values") if row["id"] == rule.id]
    if not rows:
        value = results.facts.get(level.evidence[0], NOTHING)
        return _held(level.operator, value, level.bound), value, ()
    days = [datetime.date.fromisoformat(str(row["date"])) for row in rows]
    values = [row["value"] if isinstance(row["value"], Fact) else NOTHING for row in rows]
    fired = runs([bool(_held(level.operator, value, level.bound)) for value in values], rule.repeats)
    told = [(day, value, fires) for day, value, fires in zip(days, values, fired, strict=True) if day > since]
    held = [(day, value) for day, value, fires in told if fires]
    newest = [value for _, value, _ in told if value.number is not None]
    if not newest:
        return UNTOLD
    return bool(held), held[-1][1] if held else newest[-1], tuple(day for day, _ in held)


def _trigger(then: JudgedTrigger, now: JudgedTrigger | None, new: Results) -> JudgedLimit:
    """Take what the newest rows say of a condition; under another threshold, hold its value against the old."""
    value = new.facts.get(now.evidence[0], NOTHING) if now and now.metric == then.metric else NOTHING
    breached = _held(then.operator, value, then.threshold)
    if now and breached is not None and now.threshold.value == then.threshold.value:
        breached = bool(now.fired.value)
    return JudgedLimit(
        kind="trigger",
        id=then.id,
        title=f"{then.id} ({then.kind})",
        bound=then.threshold,
        value=value,
        breached=breached,
        before=bool(then.fired.value),
    )


def _held(operator: str, value: Fact, bound: Fact) -> bool | None:
    """Return whether a value is beyond a bound; None where one of them is not known."""
    if value.number is None or bound.number is None:
        return None
    return holds(cast(Operator, operator), value.number, bound.number)
