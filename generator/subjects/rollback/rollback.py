"""Takes the rollback plan and the evidence, gives conditions held against the data, and readiness."""

from collections.abc import Iterator
from decimal import Decimal

from generator.records.decision import Decision, Decisions, JudgedTrigger
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Condition, Project, Step
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived, flag
from generator.subjects.kit.known import Known, known
from generator.subjects.rollback._commands import shown_minutes
from generator.subjects.rollback._conditions import HeldCondition, hold_all
from generator.subjects.rollback._idle import RASH
from generator.subjects.rollback._watch import Lookout, by_hand, unwatched, watched

QUANTITY, TABLE = quantities(__file__), tables(__file__)

ON_SAME = "; page 1 asks the same of both versions on the same rows, and that tells"
OF_SERVICE = ("availability", "latency_p95", "throughput")
STILL = "; act only if it is bad now too, since a few bad minutes hold this for its whole window; else wait"
NO_CONDITIONS = lacking("no rollback conditions declared", "rollback.conditions")


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Evaluate the rollback conditions and prepare the runbook."""
    at = known(evidence, earlier)
    held = hold_all(at, project)
    restore, steps, whole = _minutes(project)
    watches = watched(project, at, held)
    return Decisions(
        facts=(
            *_previous(project, at),
            restore,
            steps,
            whole,
            _kept(restore, steps, whole),
            _total(held),
            *(fact for one in held for fact in one.facts),
        ),
        tables=(
            _conditions(held, project),
            _go_back(held, watches, project),
            TABLE("rollback.degrade", _rows_that(held, watches, project, "degrade"), reason="no condition asks for it"),
            by_hand(watches),
            _set_aside(held),
            *_golden(at),
        ),
        findings=(*_trigger_happy(held), *_too_slow(restore, whole), *unwatched(watches)),
        triggers=tuple(
            JudgedTrigger(
                id=one.condition.id,
                kind="rollback",
                metric=one.condition.metric,
                operator=one.condition.operator,
                threshold=one.threshold,
                fired=one.fires,
                evidence=(one.current.id, one.chance.id),
            )
            for one in held
        ),
    )


def _total(held: tuple[HeldCondition, ...]) -> Fact:
    """Return the false alarms a month of all conditions that go back, degrade or observe."""
    told = [value for value in (one.monthly.number for one in held) if value is not None]
    left = [one.condition.title or one.condition.id for one in held if one.monthly.number is None]
    return derived(
        QUANTITY("rollback.total.false_alarms_per_month"),
        sum(told) if told else None,
        n=len(told) or None,
        method="sum of the expected messages" + (f"; without {', '.join(left)}, which cannot be told" if left else ""),
        reason="it can be worked out for no condition" if held else NO_CONDITIONS,
        simulated=True,
    )


def _previous(project: Project, at: Known) -> tuple[Fact, ...]:
    previous = project.settings.model.previous
    rows = at.fact("previous.scored_rows")
    scored = rows.number
    none = lacking("no previous version declared", "model.previous")
    state = False if previous is None else None if scored is None else scored > 0
    return (
        flag(QUANTITY("rollback.previous.available"), state, source=rows.id, reason=rows.reason),
        derived(
            QUANTITY("rollback.previous.scored_rows"),
            rows.value,
            method=rows.method,
            source=rows.id,
            reason=rows.reason if previous else none,
        ),
    )


def _minutes(project: Project) -> tuple[Fact, Fact, Fact]:
    """Return the time promised, that of the steps alone, and that of the checks before them too."""
    plan = project.settings.rollback
    return (
        declared(
            project,
            "rollback.restore",
            plan.restore_minutes,
            "rollback.restore_minutes",
            unit="minutes",
            label="Time to restore",
        ),
        _sum("rollback.steps_minutes", plan.steps, "Minutes of all steps"),
        _sum("rollback.whole_minutes", (*plan.prechecks, *plan.steps), "Minutes of all checks and steps"),
    )


def _sum(id: str, steps: tuple[Step, ...], label: str) -> Fact:
    minutes = [Decimal(str(shown)) for step in steps if (shown := shown_minutes(step)) is not None]
    return derived(
        id,
        float(sum(minutes)) if minutes else None,
        unit="minutes",
        n=len(minutes) or None,
        label=label,
        method="sum over those that declare their minutes, each in tenths, rounded up",
        reason=lacking("no step declares its minutes", "rollback.steps"),
    )


def _kept(restore: Fact, steps: Fact, whole: Fact) -> Fact:
    promised, needed = restore.number, whole.number
    kept = None if promised is None or needed is None or steps.value is None else needed <= promised
    reason = restore.reason or steps.reason
    return flag(QUANTITY("rollback.kept"), kept, reason=reason)


def _conditions(held: tuple[HeldCondition, ...], project: Project) -> Table:
    rows = (_condition_row(one, index, project) for index, one in enumerate(held))
    return TABLE("rollback.conditions", rows, reason=NO_CONDITIONS)


def _condition_row(one: HeldCondition, index: int, project: Project) -> tuple[Cell, ...]:
    authority = one.condition.authority or project.settings.rollback.decides or "not declared"
    return (
        one.condition.title or one.condition.id,
        one.words,
        one.current,
        one.fires,
        one.chance,
        one.monthly,
        one.condition.action,
        _machine(project) if one.condition.automated else authority,
        _decide_within(one, index, project),
    )


def _machine(project: Project) -> str:
    """Who goes back where a condition is to do it by itself: on-call, as long as the rollback is not declared live."""
    live = any(one.name == "rollback" and one.state == "live" for one in project.settings.state.controls)
    return "goes back by itself" if live else "on call, at once; by itself only once the rollback is live"


def _decide_within(one: HeldCondition, index: int, project: Project) -> Fact:
    return declared(
        project,
        f"rollback.condition.{segment_of(one.condition.id)}.decide",
        one.condition.decide_within_minutes,
        f"rollback.conditions.{index}.decide_within_minutes",
        unit="minutes",
    )


def _still(condition: Condition, watch: Lookout) -> str:
    """Return what tells it, and what has to hold besides where bad minutes stay in the figure of a day."""
    held = condition.action == "roll back" and condition.metric in OF_SERVICE and watch.by == "alert"
    return watch.told + (STILL if held else "")


def _go_back(held: tuple[HeldCondition, ...], watches: dict[str, Lookout], project: Project) -> Table:
    """What lets somebody go back tonight: standing permissions first, then conditions that can hold."""
    permissions = project.settings.rollback.without_asking
    rows: list[tuple[Cell, ...]] = [(text, (), "on call, at once", (), watches[text].told) for text in permissions]
    rows += _rows_that(held, watches, project, "roll back")
    return TABLE("rollback.go_back", rows, reason=NO_CONDITIONS)


def _rows_that(
    held: tuple[HeldCondition, ...], watches: dict[str, Lookout], project: Project, action: str
) -> Iterator[tuple[Cell, ...]]:
    """Yield the conditions that can hold and lead to an action."""
    for index, one in enumerate(held):
        if not one.usable or one.condition.action != action:
            continue
        condition, decides = one.condition, project.settings.rollback.decides
        who = _machine(project) if condition.automated else condition.authority or decides or "not declared"
        minutes = _decide_within(one, index, project)
        told = who if condition.automated or minutes.number is None else (f"{who}, within ", minutes)
        now = () if one.current.number is None else one.current
        yield one.judged, now, told, one.fires, _still(condition, watches[condition.id])


def _set_aside(held: tuple[HeldCondition, ...]) -> Table:
    """Conditions that cannot hold or hold by chance, so that nobody waits for them or acts on them."""
    rows: list[tuple[Cell, ...]] = []
    for one in held:
        paired: Sentence = (ON_SAME,) if one.paired and one.condition.action == "roll back" else ()
        if one.never:
            rows.append((one.words, (one.chance.reason or "it can never hold", *paired)))
        elif (one.chance.number or 0.0) > RASH:
            why = ("it holds by chance in ", one.chance, " of its windows with nothing wrong")
            rows.append((one.words, (*why, *paired)))
    return TABLE("rollback.set_aside", rows, reason="every condition can tell")


def _golden(at: Known) -> tuple[Table, ...]:
    """Nothing where an analysis scored golden requests already."""
    if "rollback.golden" in at.tables:
        return ()
    return (TABLE("rollback.golden", (), reason="no analysis of this build scored synthetic requests"),)


def _trigger_happy(held: tuple[HeldCondition, ...]) -> tuple[Finding, ...]:
    """Conditions that hold on more than one window in twenty when both versions are equal."""
    return tuple(
        finding(
            f"rollback.false_alarm.{segment_of(one.condition.id)}",
            "alert",
            "confirmed",
            f"rollback condition {one.condition.title or one.condition.id}",
            (
                f"Rollback condition “{one.condition.title or one.condition.id}” (",
                *one.words,
                ") would hold by chance alone in ",
                one.chance,
                " of its windows, ",
                one.monthly,
                ", with nothing wrong. Compare both versions on the same rows instead.",
            ),
            Claim(what="chance", relation="above", value=one.chance),
            one.threshold,
        )
        for one in held
        if (one.chance.number or 0.0) > RASH and one.condition.action == "roll back"
    )


def _too_slow(restore: Fact, whole: Fact) -> tuple[Finding, ...]:
    promised, needed = restore.number, whole.number
    if promised is None or needed is None or needed <= promised:
        return ()
    words: Sentence = ("Going back takes ", whole, " with its checks; the stated time to restore is ", restore, ".")
    return (
        finding(
            "claim.rollback.restore",
            "claim",
            "confirmed",
            "time to restore",
            words,
            Claim(what="time_to_restore", relation="above", value=whole, baseline=restore),
        ),
    )


DECISION = Decision(id="rollback", title="When and how to go back", run=run)
