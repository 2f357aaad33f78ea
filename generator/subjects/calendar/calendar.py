"""Takes the dates and the conditions, gives the calendar of twelve months, the next runs, and who owes what by when."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import HOLDS_LAUNCH, Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.project import Activity, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.records.timeline import Dated, Timeline
from generator.results.words import quantities, tables
from generator.subjects.calendar._others import ANEW, DUE, asked_again
from generator.subjects.calendar._plans import known_up_to
from generator.subjects.calendar._promises import delivery, roadmap
from generator.subjects.calendar._rollouts import LEARNS
from generator.subjects.calendar._window import NEXT, learned, window_facts, window_finding
from generator.subjects.calendar._workdays import days_on
from generator.subjects.kit.facts import dated, derived, flag
from generator.subjects.kit.known import Known, Row, date_of, known, text_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_DATE = "the as-of date is not known: the data have no dates"
NO_DATES = "nothing is declared that has a rhythm or a date"
EVERY_DAY, EACH_RUN = "every working day", "each retraining"
OF_SUMMARY = "summary: "
BEFORE = "before the rollout, which no decision starts without them; "
INPUTS = "minimum.inputs"
"""The condition that no input be past its own stop limit."""
FIRST = "0"
"""Number of an activity that nothing has changed since it was first announced."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Print what is dated, with the conditions on the days on which they are due."""
    at = known(evidence, earlier)
    found, today = earlier.timeline or Timeline(), at.as_of
    again = tuple(asked_again(project, found, at))
    coming = _coming(replace(found, dated=(*found.dated, *again)), at, today) if today else ()
    window = tuple(window_facts(project, found.kind("run"), at))
    return Decisions(
        facts=(*_learned(project, found.kind("run"), at), *window, *_mended(project, found.kind("run"), at)),
        tables=(
            _dates(coming, today),
            _retrainings(project, found.kind("run"), at),
            _obligations(project, coming, today),
            roadmap(project, found),
            delivery(project, found),
        ),
        findings=tuple(window_finding({fact.id: fact for fact in window})),
    )


def _coming(found: Timeline, at: Known, today: datetime.date) -> tuple[Dated, ...]:
    """Everything to come; of two on one day under one title the first, and due days only where a condition is due."""
    kept: dict[tuple[datetime.date, str, str], Dated] = {}
    for one in found.dated:
        shown = _with_conditions(one, at) if one.kind == "due" else one
        if one.id == "decision" and (asked := at.fact("request.asked").value):
            shown = replace(one, note=str(asked))
        if shown and one.start > today:
            kept.setdefault((one.start, one.title, one.id if one.kind == "stage" else ""), shown)
    for own in _own_days(found, at):
        if (shown := _with_conditions(own, at)) and own.start > today:
            kept.setdefault((own.start, own.title, ""), shown)
    return tuple(sorted(kept.values(), key=lambda one: (one.start, one.title, one.id)))


def _own_days(found: Timeline, at: Known) -> Iterator[Dated]:
    """Yield the days of conditions that are due on a day of their own, under the name of the first of them."""
    usual = {one.start for one in found.kind("due")}
    for row in _conditions(at):
        day = date_of(row["due"])
        if day is not None and day not in usual:
            id, why = f"due.{segment_of(text_of(row['id']))}", "the first working day on which it can be known"
            yield Dated(id=id, kind="due", title=DUE, start=day, end=day, fixed=why)


def _conditions(at: Known) -> tuple[Row, ...]:
    return at.rows("conditions.all")


def _with_conditions(one: Dated, at: Known) -> Dated | None:
    """The conditions that are due that day, and their owners; None without any."""
    rows = [row for row in _conditions(at) if date_of(row["due"]) == one.start]
    if not rows:
        return None
    owners = dict.fromkeys(re.split("[,;]", text_of(row["owner"]))[0] for row in rows)
    held = any(text_of(row["blocks"]) == HOLDS_LAUNCH for row in rows)
    ids = ", ".join(text_of(row["id"]) for row in rows)
    return replace(one, owner=", ".join(owners), moved="", note=(BEFORE if held else "") + OF_SUMMARY + ids)


def _day(one: Dated) -> Cell:
    return dated(
        f"calendar.date.{one.start.isoformat()}.{segment_of(one.title)}", one.start, label=one.title, method=one.fixed
    )


def _dates(coming: tuple[Dated, ...], today: datetime.date | None) -> Table:
    rows = (
        (
            _day(one),
            one.title,
            one.owner,
            one.deputy,
            _duration(one),
            "; ".join(text for text in (one.note, one.moved) if text),
            one.id,
            one.end.isoformat(),
            one.fixed,
            FIRST,
        )
        for one in coming
    )
    return TABLE("calendar.dates", rows, reason=NO_DATES if today else NO_DATE)


def _duration(one: Dated) -> Cell:
    if one.hours is None:
        return ""
    return derived(QUANTITY("calendar.duration.{title_id}", title_id=segment_of(one.title)), one.hours)


def _learned(project: Project, runs: tuple[Dated, ...], at: Known) -> tuple[Fact, ...]:
    """Return since when triggers fire, whether the next run waits for outcomes, and which are there too soon."""
    triggers, today = project.settings.retraining.triggers, at.as_of
    ids = ("windows.last_day.end", *(f"retraining.trigger.{segment_of(one.id)}.since" for one in triggers))
    there, *fired = map(at.date, ids)
    since = min((day for day in fired if day is not None), default=None)
    sooner = there is not None and today is not None and there > known_up_to(days_on(today, 1), at)
    nothing = "no trigger fires"
    return (
        dated(QUANTITY("calendar.fires_since"), since, reason=nothing),
        _replaced(project, runs),
        flag(
            QUANTITY("calendar.waits"),
            None if since is None or not runs else runs[0].fixed == LEARNS,
            reason=nothing if since is None else "no retraining is dated",
        ),
        dated(QUANTITY("calendar.outcomes_sooner"), there if sooner else None),
    )


def _mended(project: Project, runs: tuple[Dated, ...], at: Known) -> tuple[Fact, ...]:
    """Return when the producers owe their values, and the first runs that learn rows from after it, and no others."""
    owed = next((date_of(row["due"]) for row in _conditions(at) if row["id"] == INPUTS), None)
    after = [one.start for one in runs if owed and known_up_to(one.start, at) > owed]
    windows = ((one.start, learned(project, one.start, at)) for one in runs)
    clean = [start for start, own in windows if owed and own and own.first > owed]
    none = "no run of the next twelve months comes after it" if owed else "no condition has a day for it"
    return (
        dated(QUANTITY("calendar.mended.due"), owed, reason=none),
        dated(QUANTITY("calendar.mended.run"), next(iter(after), None), reason=none),
        dated(QUANTITY("calendar.mended.whole"), next(iter(clean), None), reason=none),
    )


def _replaced(project: Project, runs: tuple[Dated, ...]) -> Fact:
    """Return the declared rhythm of the retraining, where the days that are worked out do not keep its first one."""
    found = (one for one in project.settings.calendar.activities if one.kind == "retraining" and one.first)
    days = {one.start for one in runs}
    words = (f"“{one.title}” {one.every} from {one.first} on" for one in found if days and one.first not in days)
    return derived(QUANTITY("calendar.replaced"), next(words, None))


def _retrainings(project: Project, runs: tuple[Dated, ...], at: Known) -> Table:
    judges = project.settings.retraining.training.holdout_days
    rows = (
        (
            _day(one),
            dated(
                f"calendar.cut_off.{one.start.isoformat()}",
                known_up_to(one.start, at),
                label="Outcomes known up to",
                method="the days until 99 outcomes in 100 are known before the retraining, one day at least",
            ),
            dated(
                f"calendar.judged.{one.start.isoformat()}",
                one.start + datetime.timedelta(days=judges) if judges is not None else None,
                label="Traffic from",
                method="the days after the training rows that judge the new version, their outcomes known",
                reason=lacking(UNDECLARED, "retraining.training.holdout_days"),
            ),
            one.owner,
            one.deputy,
            "; ".join((LEARNS, one.moved)) if one.moved and one.fixed == LEARNS else one.moved or one.fixed,
        )
        for one in runs[:NEXT]
    )
    reason = "no interval is recommended, and no trigger fires" if at.as_of else NO_DATE
    return TABLE("calendar.retraining", rows, reason=reason)


def _obligations(project: Project, coming: tuple[Dated, ...], today: datetime.date | None) -> Table:
    """Return the next date of everything that is repeated, and every date that comes once."""
    activities = {one.title: one for one in project.settings.calendar.activities if one.kind != "retraining"}
    shown, seen = list[Dated](), set[str]()
    for one in coming:
        again = one.title in seen and (one.title in activities or one.kind == "drill" or one.title == ANEW)
        if one.kind == "run" or one.id.startswith("run.") or again:
            continue
        seen.add(one.title)
        shown.append(one)
    rows = [_obligation(one, activities.get(one.title)) for one in shown]
    rows += [
        (EVERY_DAY, one.title, one.every, one.owner or "", one.deputy or "", one.outputs or "")
        for one in activities.values()
        if one.every == "daily"
    ]
    return TABLE("calendar.obligations", rows, reason=NO_DATES if today else NO_DATE)


def _obligation(one: Dated, activity: Activity | None) -> tuple[Cell, ...]:
    often = activity.every if activity else EACH_RUN if one.title == ANEW else "once"
    leads = "; ".join(text for text in (one.note, one.moved, activity.outputs if activity else "") if text)
    return (_day(one), one.title, often, one.owner, one.deputy, leads)


DECISION = Decision(id="calendar", title="Calendar of twelve months", run=run)
