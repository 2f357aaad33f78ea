"""Takes plans, intervals, holidays and freezes, gives every date of twelve months, and what none can keep."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.project import Project
from generator.records.reason import UNDECLARED, Reason, lacking
from generator.records.table import Table
from generator.records.timeline import Breach, Timeline
from generator.results.words import quantities, tables
from generator.subjects.calendar._board import Board, Broken
from generator.subjects.calendar._others import around_runs, drills, due, once, repeated, signature_of, signatures
from generator.subjects.calendar._plans import PlanChange, Plans, learnable
from generator.subjects.calendar._rollouts import TRAFFIC_ASKED, decision, put_rollouts, relief
from generator.subjects.calendar._workdays import Date
from generator.subjects.kit.facts import dated, derived, flag
from generator.subjects.kit.known import Known, known

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_DATE = "the as-of date is not known: the data have no dates"
KEPT = "every bound is kept"
MOST = 31
"""Days up to which a change is tried as a repair."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Date everything at once, under all that binds it."""
    at = known(evidence, earlier)
    plans = _plans(project, at, at.as_of) if at.as_of else None
    made = _timeline(plans) if plans else None
    found = made or Timeline()
    runs = found.kind("run")
    coming, words = (runs[0].start if runs else None), _words(at)
    return Decisions(
        facts=(
            *_stages(project, found, at),
            _behind(plans),
            derived(QUANTITY("rollout.relief"), relief(plans, found) if plans else None),
            _valid_until(project, found, at.as_of),
            dated("calendar.next_retraining", coming, **words),
            derived(QUANTITY("calendar.runs"), len(runs) or None, reason=words["reason"]),
            dated("retraining.recommended.next", coming, **words),
            _before_launch(project, found, coming),
            *_drill(found),
            _outlived(found),
            dated(
                QUANTITY("calendar.decision"),
                found.start("decision") or project.settings.context.decide_by,
                reason=lacking(UNDECLARED, "context.decide_by", file=project.file),
            ),
            dated(
                QUANTITY("calendar.decision_on_traffic"),
                found.start(TRAFFIC_ASKED),
                reason=NO_DATE if at.as_of is None else "no stage without traffic comes before one with it",
            ),
        ),
        tables=(_broken(found), _signatures(project, found)),
        findings=(*map(_finding, found.breaches), *starmap(_guess, enumerate(project.guessed))),
        timeline=made,
    )


def _interval(at: Known) -> Fact:
    return at.fact("retraining.recommended.interval")


def _plans(project: Project, at: Known, today: Date) -> Plans:
    """Return what is laid out: the recommended interval, and whether a trigger asks for a run now."""
    days, triggers = _interval(at).number, project.settings.retraining.triggers
    ids = ("retraining.now", *(f"retraining.trigger.{segment_of(one.id)}.since" for one in triggers))
    now, *fired = map(at.fact, ids)
    asked = learnable(at, now, fired)
    return Plans(project=project, at=at, today=today, interval=int(days) if days else None, asked=asked)


def _timeline(plans: Plans) -> Timeline:
    board = _laid_out(plans)
    inside = {one.id: one for one in board.placed.values() if one.start <= plans.end}
    broken = [one for one in board.broken if one.id in inside]
    rules = dict.fromkeys(one.bound.rule for one in broken)
    return Timeline(
        dated=tuple(sorted(inside.values(), key=lambda one: (one.start, one.title, one.id))),
        breaches=tuple(_breach([one for one in broken if one.bound.rule == rule], board, plans) for rule in rules),
    )


def _laid_out(plans: Plans) -> Board:
    board = Board(plans.project.settings.calendar)
    for one in decision(plans):
        board.put(one)
    put_rollouts(board, plans)
    for one in due(board, plans):
        board.put(one)
    for one in (*repeated(board, plans), *drills(board, plans), *once(board, plans), *signatures(board, plans)):
        board.put(one)
    for one in tuple(around_runs(board, plans)):
        board.put(one)
    return board


def _breach(broken: Sequence[Broken], board: Board, plans: Plans) -> Breach:
    first = broken[0]
    repair, days = _repair(first, plans)
    activity = board.placed[first.id]
    return Breach(
        rule=first.bound.rule,
        activity=first.id,
        bound=first.bound.why if activity.kind == "stage" else f"{activity.title}: {first.bound.why}",
        day=first.bound.day,
        over=first.over,
        times=len(broken),
        repair=repair,
        repair_days=days,
    )


def _repair(broken: Broken, plans: Plans) -> tuple[str, int]:
    """Return the change of fewest days that keeps the bound: a shorter stage, a sooner rollout, or a later bound."""
    tries = [(stage.name, f"“{stage.name}” takes fewer days") for stage in plans.project.settings.rollout.stages]
    if plans.project.settings.rollout.start:
        tries.append(("", "the rollout begins sooner"))
    for days in range(1, min(broken.over, MOST)):
        for stage, words in tries:
            changed = _laid_out(replace(plans, change=PlanChange(stage=stage, days=days)))
            if not any((one.id, one.bound.rule) == (broken.id, broken.bound.rule) for one in changed.broken):
                return words, days
    return broken.bound.ease, broken.over


def _words(at: Known) -> dict[str, str]:
    interval = _interval(at)
    return {
        "label": "Next retraining",
        "method": "first working day outside freezes, at once when a trigger fires",
        "reason": NO_DATE if at.as_of is None else interval.reason or "no retraining within twelve months",
    }


def _stages(project: Project, found: Timeline, at: Known) -> Iterator[Fact]:
    """Yield the first and the last day of every stage of the launch."""
    why = NO_DATE if at.as_of is None else lacking("no start declared", "rollout.start")
    for stage in project.settings.rollout.stages:
        head = f"rollout.{segment_of(stage.name)}"
        one, days = found.of(f"stage.{segment_of(stage.name)}"), at.number(f"{head}.days_planned")
        fixed = "; ".join(text for text in (one.fixed, one.moved) if text) if one else ""
        yield dated(
            QUANTITY("{head}.start", head=head, name=stage.name), one.start if one else None, reason=why, method=fixed
        )
        yield dated(
            QUANTITY("{head}.end", head=head, name=stage.name),
            one.end if one and days else None,
            reason="it stays" if one else why,
        )
        why = f"how long {stage.name} lasts is not known" if one else why


def _behind(plans: Plans | None) -> Fact:
    """Return the stages that are not dated, since the version is known to be farther."""
    stages = plans.project.settings.rollout.stages if plans else ()
    names = [stage.name for stage in stages if plans and stage not in plans.to_launch]
    return derived(QUANTITY("rollout.behind"), " and ".join(names) or None, source="state.stage")


def _valid_until(project: Project, found: Timeline, today: Date | None) -> Fact:
    return dated(
        QUANTITY("calendar.valid_until"),
        found.start("expiry"),
        reason=NO_DATE if today is None else lacking(UNDECLARED, "calendar.valid_days", file=project.file),
    )


def _outlived(found: Timeline) -> Fact:
    """Return whether these documents expire before traffic is decided, which then rests on later ones."""
    expires, decided = found.start("expiry"), found.start(TRAFFIC_ASKED)
    return flag(
        QUANTITY("calendar.expire_before_traffic"), None if expires is None or decided is None else expires < decided
    )


def _drill(found: Timeline) -> tuple[Fact, Fact]:
    """Return the next drill and who holds it."""
    one = next(iter(found.kind("drill")), None)
    why = lacking("no drill is declared", "rollback.drill_every")
    return (
        dated(QUANTITY("calendar.drill"), one.start if one else None, reason=why),
        derived(QUANTITY("calendar.drill.owner"), one.owner if one else None, reason=why),
    )


def _before_launch(project: Project, found: Timeline, coming: Date | None) -> Fact:
    """Return whether the next retraining comes before the launch, or before the decision where no stage is dated."""
    serves = project.settings.state.serves
    by = found.launch or project.settings.context.decide_by or project.settings.rollout.start
    return flag(
        QUANTITY("retraining.before_launch"),
        None if by is None or coming is None else coming < by and not serves,
        reason=Reason(
            "neither rollout.start nor context.decide_by is declared, or no retraining is dated", ("context.decide_by",)
        ),
    )


def _signatures(project: Project, found: Timeline) -> Table:
    """Return who signs by when: on the day of the plan, that of the decision where it has no other."""
    rows = []
    for one in project.settings.people.approvers:
        id = signature_of(one)
        asked = found.start(id) or (min(one.by, found.start("decision") or one.by) if one.by else None)
        day = dated(QUANTITY("calendar.{id}", id=id), asked) if asked else ()
        rows.append((one.role, one.name or "", day))
    return TABLE("calendar.signatures", rows, reason=lacking(UNDECLARED, "people.approvers", file=project.file))


def _broken(found: Timeline) -> Table:
    rows = ((one.bound, *_facts(one)[:3], one.repair, _facts(one)[3]) for one in found.breaches)
    return TABLE("calendar.broken", rows, reason=KEPT)


def _facts(one: Breach) -> tuple[Fact, Fact, Fact, Fact]:
    head = f"calendar.broken.{one.rule}"
    return (
        dated(QUANTITY("{head}.day", head=head), one.day),
        derived(QUANTITY("{head}.over", head=head), one.over),
        derived(QUANTITY("{head}.times", head=head), one.times),
        derived(QUANTITY("{head}.repair", head=head), one.repair_days),
    )


def _finding(one: Breach) -> Finding:
    day, over, _, repair = _facts(one)
    return finding(
        f"timeline.{one.rule}",
        "timeline",
        "watch",
        "dates",
        (
            f"{one.bound}: by ",
            day,
            " cannot be kept, it is ",
            over,
            f" later; it could, if {one.repair}: by ",
            repair,
            ".",
        ),
        Claim(what="date", relation="above", value=over),
    )


def _guess(number: int, words: str) -> Finding:
    """Return what only the words of a title tell, as something to look at."""
    claim = Claim(what="guess", relation="holds", value=None)
    return finding(f"guess.{number}", "guess", "watch", "project file", (words,), claim)


DECISION = Decision(id="timeline", title="Every date of twelve months", run=run)
