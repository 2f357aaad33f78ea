"""Takes the plans, puts on the board the runs of training, the launch, and the rollout of every run after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.records.fact import segment_of
from generator.records.project import Stage
from generator.records.timeline import Dated, Timeline
from generator.subjects.calendar._board import Board, Bound, Wanted
from generator.subjects.calendar._plans import Plans
from generator.subjects.calendar._promises import promised
from generator.subjects.calendar._workdays import Date, days_on, working

RETRAINING, ROLLOUT = "Retraining", "Rollout"
AT_ONCE = "a trigger fires"
LEARNS = f"{AT_ONCE}, and the outcomes of the window that made it fire are known"
TRAINING = "training"
GAP = "gap"
GOES_ON = "the rollout goes on until"
DECISION, ON_TRAFFIC, TRAFFIC_ASKED = "Decision asked for", "Decision on traffic", "decision.traffic"


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A run, and the day from which its version has all the traffic; None where a later run is launched instead."""

    run: Date
    serves: Date | None


def dated_runs(plans: Plans) -> tuple[Served, ...]:
    """Return the runs of twelve months, as the rollouts that they wait for let them be."""
    board = Board(plans.project.settings.calendar)
    for one in decision(plans):
        board.put(one)
    return tuple(one for one in put_rollouts(board, plans) if one.run <= plans.end)


def decision(plans: Plans) -> Iterator[Wanted]:
    """Yield the decision that is asked for, where its day is still to come."""
    day = plans.project.settings.context.decide_by
    if day is not None and day > plans.today:
        wish = Bound(day=day, why="as declared", rule="decision", ease="a later day is asked for")
        first, last = (plans.tomorrow,), (wish,)
        yield Wanted(
            id="decision", kind="once", title=DECISION, first=first, wish=wish, last=last, owner=decides(plans)
        )


def decides(plans: Plans) -> str:
    return plans.project.settings.people.memo_to or plans.owner


def put_rollouts(board: Board, plans: Plans) -> tuple[Served, ...]:
    """Put the run that a trigger asks for, the launch, and the runs on schedule, each with its rollout.

    A run before the launch makes the version that is launched; the version of a run after it is judged no sooner than
    all traffic has moved to the one before.
    """
    last, runs, serves = _last_run(plans), list[Dated](), dict[str, Date]()
    if plans.asked:
        why = LEARNS if plans.asked > plans.tomorrow.day else AT_ONCE
        runs.append(_run(board, plans, 1, (Bound(day=plans.asked, why=why),)))
        last = runs[0].start
    start = plans.start
    while start and plans.interval and days_on(last, plans.interval) < min(start, plans.end):
        runs.append(_scheduled(board, plans, len(runs) + 1, last))
        last = runs[-1].start
    launched = runs[-1] if runs and start and start > plans.today else None
    busy = _roll_out(board, plans, launched, launch=True) if start else None
    if runs and launched is None:
        busy = _roll_out(board, plans, runs[-1], busy)
    if runs:
        serves[runs[-1].id] = max(busy or last, last)
    while plans.interval and days_on(last, plans.interval) <= plans.end:
        runs.append(_scheduled(board, plans, len(runs) + 1, last))
        busy = _roll_out(board, plans, runs[-1], busy)
        last = runs[-1].start
        serves[runs[-1].id] = max(busy or last, last)
    return tuple(Served(run=one.start, serves=serves.get(one.id)) for one in runs)


def relief(plans: Plans, found: Timeline) -> int | None:
    """Return the days from the last stage of the launch until a new version has all the traffic.

    That is the next one by its dates, or one of a run on that day where it is sooner.
    """
    stages = plans.project.settings.rollout.stages
    name = segment_of(stages[-1].name) if stages else ""
    begun, board = found.start(f"stage.{name}"), Board(plans.project.settings.calendar)
    if begun is None:
        return None
    run = _run(board, plans, 1, (Bound(day=begun, why=AT_ONCE),))
    dated = (one.start for one in found.kind("stage") if one.id.startswith("run.") and one.id.endswith(f".{name}"))
    ready = [day for day in (_roll_out(board, plans, run), *dated) if day and day > begun]
    return (min(ready) - begun).days if ready else None


def _last_run(plans: Plans) -> Date:
    """The scheduled run at or before today, counted from the release of the model; today where none is declared."""
    released, interval = plans.project.settings.model.released, plans.interval
    if released is None or released > plans.today or not interval:
        return plans.today
    return days_on(released, (plans.today - released).days // interval * interval)


def _scheduled(board: Board, plans: Plans, number: int, last: Date) -> Dated:
    """A run an interval after the one before, or before a freeze or weekend on that day, which no gap goes beyond."""
    interval, longest = plans.interval or 1, plans.project.settings.retraining.maximum_gap_days
    words = f"{interval} days after the run before"
    wish, bounds = Bound(day=days_on(last, interval), why=words), list[Bound]()
    if longest is not None:
        most, why = days_on(last, longest), f"at most {longest} days after the run before"
        bounds.append(Bound(day=most, why=why, rule=GAP, ease="the gap is longer"))
    first = (Bound(day=days_on(last, max(1, interval // 2)), why=words), plans.tomorrow)
    return _run(board, plans, number, first, wish=wish, last=tuple(bounds))


def _run(
    board: Board,
    plans: Plans,
    number: int,
    first: tuple[Bound, ...],
    *,
    wish: Bound | None = None,
    last: tuple[Bound, ...] = (),
) -> Dated:
    plan = plans.project.settings.retraining
    return board.put(
        Wanted(
            id=f"run.{number}",
            kind="run",
            title=RETRAINING,
            first=first,
            wish=wish,
            last=last,
            takes=TRAINING if wish else "",
            release=True,
            owner=plan.owner or plans.owner,
            deputy=plan.deputy or "",
        )
    )


def _roll_out(
    board: Board, plans: Plans, run: Dated | None, busy: Date | None = None, *, launch: bool = False
) -> Date | None:
    """Put the stages one after the other; return the day on which the last begins and the next rollout can."""
    routine = (one for one in plans.project.settings.rollout.stages if not one.launch_only)
    stages = plans.to_launch if launch else tuple(routine)
    placed, free = list[Dated](), plans.start if launch else None
    judged, gate = plans.project.settings.retraining.training.holdout_days, ""
    promises, seen = promised(plans) if launch else {}, not launch
    for stage in stages:
        length = plans.length(stage)
        if launch and free and length and free < plans.today and plans.past(stage):
            length = min(length, (plans.today - free).days)
        first = [Bound(day=free, why="the stage before it" if placed else "as declared")] if free else []
        if not placed:
            first += _before(board, plans, run, launch=launch)
            first += [Bound(day=days_on(busy, 1), why="the rollout before it")] if busy else []
        if run and stage.traffic and judged is not None:
            first.append(Bound(day=days_on(run.start, judged), why="the rows that judge the new version are there"))
        one = Wanted(
            id=f"stage.{segment_of(stage.name)}" if launch else f"{run.id if run else ''}.{segment_of(stage.name)}",
            kind="stage",
            title=ROLLOUT,
            first=tuple(first),
            last=promises.get(stage.name, ()),
            days=length or 1,
            release=True,
            owner=stage.owner or plans.owner,
            note=_note(stage, (gate, stages[-1]), None if launch else run, goes_on=launch and plans.goes_on(stage)),
        )
        decides = placed and stage.traffic and not seen and max(bound.day for bound in first) > plans.today
        placed.append(_decided(board, plans, one) if decides else board.put(one))
        seen = seen or bool(stage.traffic)
        free, gate = days_on(placed[-1].end, 1), stage.gate or ""
        if length is None:
            break
    if not placed:
        return busy
    ready = max(placed[0].start, days_on(placed[-1].start, -(judged or 0)))
    board.hold(TRAINING, _until(placed[-1].start, judged), days_on(run.end, 1) if run else placed[0].start, ready)
    return placed[-1].start


def _until(day: Date, judged: int | None) -> str:
    """Return why no run begins sooner, for one whose version is judged so many days after it."""
    why = f"{GOES_ON} {day.isoformat()}"
    return f"{why}, and only after it is the next version judged, {judged} days from its run" if judged else why


def _decided(board: Board, plans: Plans, stage: Wanted) -> Dated:
    """Put the first stage with traffic, and the decision on it: the last working day before, once all is in.

    A stage lasts until the outcomes that it needs are in, on the evening of its last day: none decides before the next.
    """
    ready = working(max(bound.day for bound in stage.first), plans.project.settings.calendar)
    bounds = (*stage.first, Bound(day=days_on(ready, 1), why="the decision on traffic before it"))
    placed = board.put(replace(stage, first=bounds))
    wish = Bound(day=days_on(placed.start, -1), why="last working day before traffic")
    note, owner = "whether it gets any, from what it showed unseen", decides(plans)
    asked = Wanted(
        id=TRAFFIC_ASKED, kind="once", title=ON_TRAFFIC, first=stage.first, wish=wish, owner=owner, note=note
    )
    board.put(asked)
    return placed


def _note(stage: Stage, gates: tuple[str, Stage], run: Dated | None, *, goes_on: bool) -> str:
    """Return what begins, and the gate before it; the last stage, which none follows, is behind its own gate too."""
    before, last = gates
    own = stage.gate if stage is last and not goes_on else None
    first = "; ".join(gate for gate in (before, own) if gate)
    of = f" for the version of {run.start.isoformat()}" if run else ""
    does = "goes on, and its days count from here" if goes_on else f"begins{of}"
    return f"{stage.name} {does}" + (f"; first: {first}" if first else "")


def _before(board: Board, plans: Plans, run: Dated | None, *, launch: bool) -> list[Bound]:
    """What the first stage waits for: the run that makes the version, and the decision on a launch to come."""
    bounds = [Bound(day=days_on(run.end, 1), why="the run before it")] if run else []
    decision = board.placed.get("decision")
    if decision and launch and plans.start and plans.start > plans.today:
        bounds.append(Bound(day=days_on(decision.end, 1), why="the decision before it"))
    return bounds
