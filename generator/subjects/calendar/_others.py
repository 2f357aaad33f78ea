"""Takes the plans, gives what is repeated, the drills, what comes once, and the days on which conditions are due."""

from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import HOLDS_FULL, HOLDS_LAUNCH, HOLDS_NOTHING, HOLDS_PART
from generator.records.fact import segment_of
from generator.records.journal import closed_by
from generator.records.project import Activity, Approver, Project
from generator.records.timeline import Dated, Kind, Timeline
from generator.subjects.calendar._board import Board, Bound, Wanted
from generator.subjects.calendar._plans import Plans, as_declared
from generator.subjects.calendar._rollouts import ROLLOUT, TRAFFIC_ASKED, decides
from generator.subjects.calendar._window import learned
from generator.subjects.calendar._workdays import Date, days_on, every
from generator.subjects.kit.known import Known, date_of

DRILL, DUE, SIGNATURE = "Rollback drill", "Conditions due", "Signature: "
EXPIRY, RECALIBRATION = "These documents expire", "Thresholds of the alerts set anew"
LEVEL = "Recalibration of the predictions"
WINDOW, ANEW = "Training window declared", "Documents made anew"
RECALIBRATE = ("retraining.recalibrate", "retraining.recalibrate.owner")
CAPACITY = ("decision.capacity.binds", "decision.capacity.against_current")
NO_TRAFFIC, NEXT_REQUEST = "no traffic", ("request.asked", "request.next", "request.next_from")
ENOUGH_DAYS = 60
NOTICE = 7
"""Days between a build and a drill that it finds due."""
GRACE = 30
"""Days for a condition that holds nothing back."""
SOME = 1e-9
"""The least share of the traffic that counts."""
RHYTHM = "declared rhythm"


def repeated(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield every declared activity on its days but the daily ones, and the training, which is dated here.

    One that settles a condition comes for the first time no later than that is due, and goes on in step from there.
    """
    trains = bool(plans.interval or plans.asked)
    due, late = _first_drill(board, plans)
    for activity in plans.project.settings.calendar.activities:
        if activity.every == "daily" or (trains and activity.kind == "retraining"):
            continue
        first, start = activity.first or plans.today, plans.today
        if due is not None and late and activity.kind == "drill":
            first, start = due, due
        asked = board.placed.get(f"due.{HOLDS_NOTHING}") if activity.settles and _acts_dear(plans) else None
        if asked is not None:
            first = min(next(every(activity.every, first, start, Date.max)), asked.start)
            start = days_on(first, -1)
        for day in every(activity.every, first, start, plans.end):
            one = _one(activity, plans, day, "drill" if activity.kind == "drill" else "repeated")
            yield _settling(one, activity, plans) if asked and day == first else one


def _acts_dear(plans: Plans) -> bool:
    """Return whether acting on all that capacity allows surely costs less than today, and nobody has settled that."""
    binds, less = map(plans.at.fact, CAPACITY)
    settled = "threshold" in closed_by(plans.project.records)
    return not settled and binds.value is True and less.high is not None and less.high < 0


def _settling(one: Wanted, activity: Activity, plans: Plans) -> Wanted:
    """Return the first of an activity that settles a condition: on its day, or the nearest before it."""
    return replace(one, first=(plans.tomorrow,), wish=one.first[0], settles=activity.settles or "")


def _one(activity: Activity, plans: Plans, day: Date, kind: Kind) -> Wanted:
    return Wanted(
        id=f"{segment_of(activity.title)}.{day.isoformat()}",
        kind=kind,
        title=activity.title,
        first=(Bound(day=day, why=RHYTHM),),
        release=activity.kind in ("retraining", "drill"),
        owner=activity.owner or plans.owner,
        deputy=activity.deputy or "",
        hours=activity.duration_hours,
    )


def _first_drill(board: Board, plans: Plans) -> tuple[Date | None, str]:
    """Return the next drill, and why it is due at once if it is: then a week on, or sooner where one is declared.

    What is not built cannot be tried: for a version that serves nobody yet on the day by which a rollback has to stand.
    """
    plan = plans.project.settings.rollback
    if plan.drill_every is None:
        return None, ""
    due = next(every(plan.drill_every, plan.last_drill, plan.last_drill, Date.max)) if plan.last_drill else None
    note = "never held" if due is None else "overdue" if due <= plans.today else ""
    if due is not None and not note:
        return due, ""
    by = board.placed.get(f"due.{segment_of(HOLDS_PART)}")
    if by and not (_built(plans) or plans.project.settings.state.serves) and next(_before_traffic(board, plans), None):
        return by.start, note
    meant = (one.first for one in plans.project.settings.calendar.activities if one.kind == "drill")
    soon = days_on(plans.today, NOTICE)
    return min([soon, *(day for day in meant if day is not None and day > plans.today)]), note


def drills(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield drills in step with the last one; one that is overdue, or was never held, first and before any traffic.

    Where a drill is among the declared activities, only that first one is added.
    """
    plan, (first, note) = plans.project.settings.rollback, _first_drill(board, plans)
    if plan.drill_every is None or first is None:
        return
    own = next((one for one in plans.project.settings.calendar.activities if one.kind == "drill"), None)
    title, owner = (own.title, own.owner) if own else (DRILL, plan.decides)
    later = () if own else every(plan.drill_every, first, first, plans.end)
    for day in (*((first,) if note or not own else ()), *later):
        bounds = tuple(_before_traffic(board, plans)) if note and day == first else ()
        wish = next((replace(bound, why="no drill has been held") for bound in bounds if bound.day < day), None)
        yield Wanted(
            id=f"{segment_of(title)}.{day.isoformat()}",
            kind="drill",
            title=title,
            first=(plans.tomorrow,) if wish else (Bound(day=day, why="no drill has been held" if note else RHYTHM),),
            wish=wish,
            last=bounds,
            release=True,
            owner=owner or plans.owner,
            deputy=(own.deputy or "") if own else "",
            hours=own.duration_hours if own else None,
            note=note if day == first else "",
            settles="rollback" if note and day == first else "",
        )


def _built(plans: Plans) -> bool:
    """Return whether there is a rollback that can be tried."""
    controls = plans.project.settings.state.controls
    return any(one.name == "rollback" and one.state != "specified" for one in controls)


def _before_traffic(board: Board, plans: Plans) -> Iterator[Bound]:
    for stage in plans.project.settings.rollout.stages:
        begins = board.placed.get(f"stage.{segment_of(stage.name)}")
        if stage.traffic and begins and begins.start > plans.today:
            yield Bound(
                day=days_on(begins.start, -1),
                why="a drill before any traffic",
                rule="drill",
                ease="traffic begins later",
            )
            return


def once(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield what comes once: a rollout without stages, the thresholds set anew, the end of these documents."""
    at, rollout = plans.at, plans.project.settings.rollout
    begun, days = at.date("data.production.start"), at.number("data.production.days")
    if not rollout.stages and rollout.start and rollout.start > plans.today:
        begins = (as_declared(rollout.start),)
        yield Wanted(id="rollout", kind="once", title=ROLLOUT, first=begins, release=True, owner=plans.owner)
    if begun is not None and days is not None and days < ENOUGH_DAYS:
        sixty = Bound(day=days_on(begun, ENOUGH_DAYS), why="sixty days of data are there")
        first = (sixty, plans.tomorrow)
        yield Wanted(
            id="recalibration", kind="once", title=RECALIBRATION, first=first, owner=plans.owner, note=sixty.why
        )
    due, whose = map(at.fact, RECALIBRATE)
    if due.value is True:
        who = str(whose.value or plans.owner)
        yield Wanted(id="level", kind="once", title=LEVEL, first=(plans.tomorrow,), release=True, owner=who)
    if plans.expiry:
        expires, note = (Bound(day=plans.expiry, why="as-of day + declared days"),), "build them again before"
        traffic = board.placed.get(TRAFFIC_ASKED)
        if traffic and traffic.start > plans.expiry:
            note += "; traffic is decided on those of the version that is judged by then"
        yield Wanted(id="expiry", kind="once", title=EXPIRY, first=expires, any_day=True, owner=plans.owner, note=note)


def around_runs(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield by when the next run's window is chosen, where two are open, and when the documents of each are made."""
    runs = [one for one in board.placed.values() if one.kind == "run" and one.start <= plans.end]
    window = learned(plans.project, runs[0].start, plans.at) if runs else None
    if window and window.learns is False:
        wish = Bound(day=days_on(runs[0].start, -1), why="last working day before the run")
        note = f"before the run of {runs[0].start} begins: which of the two that section 1 of the calendar names"
        first, owner = (plans.tomorrow,), runs[0].owner
        yield Wanted(id="window", kind="once", title=WINDOW, first=first, wish=wish, owner=owner, note=note)
    for number, run in enumerate(runs, start=1):
        first, note = (Bound(day=days_on(run.end, 1), why="the run before it"),), f"about the version of {run.start}"
        yield Wanted(id=f"documents.{number}", kind="repeated", title=ANEW, first=first, owner=plans.owner, note=note)


def asked_again(project: Project, found: Timeline, at: Known) -> Iterator[Dated]:
    """Yield the decision on what is asked for next, where now nothing is: the last working day before it can begin."""
    now, following, first = map(at.fact, NEXT_REQUEST)
    today, begins, asked = at.as_of, date_of(first), found.start("decision")
    if now.value != NO_TRAFFIC or not (today and begins and asked and following.value):
        return
    plans = Plans(project=project, at=at, today=today)
    wish = Bound(day=days_on(begins, -1), why="last working day before it can begin")
    title, note = f"Decision on {following.value}", "on the newest documents, once its gates are green"
    one = Wanted(
        id="decision.again",
        kind="once",
        title=title,
        first=(plans.tomorrow,),
        wish=wish,
        owner=decides(plans),
        note=note,
    )
    placed = Board(project.settings.calendar).put(one)
    if placed.start > asked and placed.start != found.start(TRAFFIC_ASKED):
        yield placed


def signatures(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield the days by which approvers sign, at the latest that of the decision, which is its decider's signature."""
    asked, decider = board.placed.get("decision"), decides(plans)
    for one in plans.project.settings.people.approvers:
        if one.by is None or one.by <= plans.today:
            continue
        id, ease = signature_of(one), "it is asked for later"
        bounds = [Bound(day=one.by, why="as declared", rule=id, ease=ease)]
        bounds += [Bound(day=asked.start, why="the decision is asked for by then", rule=id, ease=ease)] if asked else []
        wish = min(bounds, key=lambda bound: bound.day)
        if asked and wish.day == asked.start and one.name and one.name in decider:
            continue
        first, who = (plans.tomorrow,), one.name or one.role
        title = f"{SIGNATURE}{one.role}"
        yield Wanted(id=id, kind="once", title=title, first=first, wish=wish, last=tuple(bounds), owner=who)


def signature_of(one: Approver) -> str:
    """Return the id of the day by which somebody signs."""
    return f"signature.{segment_of(one.role)}"


def due(board: Board, plans: Plans) -> Iterator[Wanted]:
    """Yield the last working days for conditions: before the rollout, any traffic, all of it, and thirty days on."""
    stages = [board.placed.get(f"stage.{segment_of(one.name)}") for one in plans.project.settings.rollout.stages]
    rollout = plans.project.settings.rollout
    decides = board.placed.get("decision")
    first = stages[0].start if stages and stages[0] else rollout.start or (decides.start if decides else None)
    dated = [(one.start, stage.traffic or 0.0) for one, stage in zip(stages, rollout.stages, strict=True) if one]
    part, full = (next((day for day, share in dated if share >= least), None) for least in (SOME, 1.0))
    guarded = (
        (HOLDS_LAUNCH, first, "before the rollout"),
        (HOLDS_PART, part, "before any traffic"),
        (HOLDS_FULL, full, "before all traffic"),
    )
    later = days_on(first if first and first > plans.today else plans.today, GRACE)
    for key, day, words in guarded:
        ahead = day is not None and day > plans.today
        yield _due(plans, key, days_on(day, -1) if day and ahead else later, words if ahead else "thirty days on")
    yield _due(plans, HOLDS_NOTHING, later, "thirty days on")


def _due(plans: Plans, key: str, day: Date, words: str) -> Wanted:
    rule = f"due.{segment_of(key)}"
    bounds = [
        Bound(
            day=day, why=f"last working day {words}" if "before" in words else words, rule=rule, ease="it begins later"
        )
    ]
    if plans.expiry:
        bounds.append(
            Bound(
                day=plans.expiry,
                why="last working day before these papers expire",
                rule=rule,
                ease="the papers hold longer",
            )
        )
    wish = min(bounds, key=lambda bound: bound.day)
    return Wanted(
        id=rule, kind="due", title=DUE, first=(plans.tomorrow,), wish=wish, last=tuple(bounds), owner=plans.owner
    )
