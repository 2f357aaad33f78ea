"""Takes gates that did not pass and findings that contradict the plan, gives the conditions of a launch."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.records.decision import (
    HOLDS_FULL,
    HOLDS_LAUNCH,
    HOLDS_NOTHING,
    HOLDS_PART,
    RECENT,
    Decision,
    Decisions,
    Gate,
)
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project
from generator.records.project.state import REACH as REACHES
from generator.records.timeline import Timeline
from generator.results.words import quantities, tables
from generator.subjects.calendar import TRAFFIC_ASKED, days_on, working
from generator.subjects.journal import closings, settled
from generator.subjects.kit.facts import dated, derived
from generator.subjects.kit.known import Known, known
from generator.subjects.kit.stages import faults
from generator.subjects.limits.waking import stranded
from generator.subjects.verdict._card import dated as titled
from generator.subjects.verdict._card import target
from generator.subjects.verdict._controls import allowed, asks_built

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_DAY = "the as-of date is not known, so that nothing has a day"
BLOCKING = ("rollback", "monitoring", "services")
GROUPS: tuple[tuple[str, str, str, str, bool], ...] = (
    (
        "ladder",
        "No threshold contradicts another",
        "put the thresholds in order that contradict one another: ",
        "the table of contradictions is empty",
        True,
    ),
    (
        "claim",
        "Stated figures add up",
        "correct those that do not: ",
        "the stated and the recomputed figures agree",
        False,
    ),
    (
        "rollout",
        "Every stage of the rollout ",
        "",
        "the next build finds ",
        True,
    ),
    (
        "alert",
        "Every alert does what it is for",
        "set those anew that do not: ",
        "the next build finds nothing on them",
        False,
    ),
)
"""Kinds of findings: what must be true, what brings it about, how that is verified, whether it blocks.

Of the rollout no more is said than what is wrong with its stages.
"""
ORDER = {HOLDS_LAUNCH: 0, HOLDS_PART: 1, HOLDS_FULL: 2, HOLDS_NOTHING: 3}
OF_ERROR = ("overall", "segment", "recent", "drift_impact")
OF_ERROR_AT_LEAST = tuple(f"minimum.{name}" for name in ("naive", "ranking", "level", "doubled"))
"""Gates on what a version answers: of a version still to be trained they are judged on rows still to come."""
SERVED: dict[str, str] = {"candidate": HOLDS_LAUNCH, "shadow": HOLDS_LAUNCH, "canary": HOLDS_PART, "full": HOLDS_FULL}
"""What a version has by its state, so that what holds that back comes next."""
HELD = {"none": HOLDS_LAUNCH, "shadow": HOLDS_PART, "canary": HOLDS_FULL}
"""What comes after a stage: what lacking controls hold back, by the largest stage that those there are allow."""
WATCHED: dict[str, tuple[str, ...]] = {
    "data_quality": ("missing", "missing_points"),
    "drift": ("mean_change", "sd_change", "psi"),
    "services": ("latency_p95", "throughput", "availability"),
    "drift_impact": ("bias",),
}
"""Metrics of the alerts that watch what a gate is about; a gate on an error is about its own."""
UNNAMED = "to be named"
TIMES = {1: "", 2: " twice"}
NAMED = 5
"""Subjects of a condition that are named; the rest stand among the findings."""

REFIT = "retraining.ladder.refit.error"
REACH = "; declare a telephone or pager for who is on call"
"""What else a rollback asks for where nobody can be woken; the condition on alerts does not ask for it again."""
STRANDED = "runbook.stranded"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """What has to be done; its key is that of the gate or kind of finding it comes from, in every build the same."""

    key: str
    must: Sentence
    """What has to be true."""
    how: Sentence
    owner: str
    verified: str
    blocks: str


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Make a condition of every gate that did not pass and of every kind of contradiction."""
    at, dates = known(evidence, earlier), earlier.timeline or Timeline()
    judged = _judged(project, dates)
    unseen = dates.start(TRAFFIC_ASKED) is not None
    from_gates = _from_gates(earlier.gates, project, awaited=judged is not None and unseen)
    from_gates = (_of_next(one, judged, dates, at) if judged and _of_error(one.key) else one for one in from_gates)
    every = (
        *from_gates,
        *_from_findings(at.findings, project),
        *(_settled_by(one, dates) for one in _threshold(at, project)),
    )
    wanted = sorted(every, key=lambda one: ORDER[one.blocks])
    ready = {one.key: _ready(one.key, judged, at, project) for one in wanted}
    due = {one.key: _due(one, dates, ready[one.key]) for one in wanted}
    rows = tuple((one.key, one.must, one.how, one.owner, due[one.key], one.verified, one.blocks) for one in wanted)
    ahead = [one.blocks for one in wanted if ORDER[one.blocks] <= ORDER[SERVED[project.settings.state.stage]]]
    first = {wanted[0].blocks, *ahead} - {HOLDS_NOTHING} if wanted else set()
    return Decisions(
        facts=(derived(QUANTITY("conditions.count"), len(rows)),),
        tables=(
            TABLE("conditions.all", rows, reason="every gate passed, nothing contradicts"),
            TABLE(
                "conditions.next", (row for row in rows if row[-1] in first), reason="no condition holds anything back"
            ),
            TABLE("conditions.later", (row for row in rows if row[-1] not in first), reason="there are no others"),
        ),
        findings=tuple(found for one in wanted for found in _too_late(one, dates, due[one.key])),
    )


def _judged(project: Project, dates: Timeline) -> datetime.date | None:
    """Return the day on which the version is judged that a run before the launch makes."""
    days, runs = project.settings.retraining.training.holdout_days, dates.kind("run")
    by = dates.launch or project.settings.context.decide_by or project.settings.rollout.start
    if not runs or days is None or by is None or runs[0].start >= by:
        return None
    return days_on(runs[0].start, days)


def _of_next(one: Requirement, judged: datetime.date, dates: Timeline, at: Known) -> Requirement:
    """Return a condition on what a version answers with the one thing that is done about it: the run that is dated."""
    method = "the run before the launch, and the rows after it that judge its version"
    run = dated(QUANTITY("conditions.next.run"), dates.kind("run")[0].start, method=method)
    by = dated(QUANTITY("conditions.next.judged"), judged, method=method)
    left = at.fact(REFIT)
    expected: Sentence = ("; a refit is expected at ", left) if one.key == "overall.rmse" and left.number else ()
    return replace(one, how=("retrain on ", run, ", and judge that version on ", by, *expected))


def _of_error(key: str) -> bool:
    return key.partition(".")[0] in OF_ERROR or key in OF_ERROR_AT_LEAST


def _ready(key: str, judged: datetime.date | None, at: Known, project: Project) -> datetime.date | None:
    """Return the first working day on which it can be known that a gate passes, where that takes rows to come."""
    known_from = [at.date(f"gates.{key}.rows_by"), judged if _of_error(key) else None]
    latest = max((day for day in known_from if day is not None), default=None)
    return None if latest is None else working(latest, project.settings.calendar)


def _too_late(one: Requirement, dates: Timeline, due: Fact) -> Iterator[Finding]:
    """Yield that what a condition waits for comes after what it is to come before."""
    asked = dates.start(f"due.{segment_of(one.blocks)}")
    if asked is not None and isinstance(due.value, datetime.date) and due.value > asked:
        by = dated(QUANTITY("conditions.{key}.asked", key=one.key), asked)
        yield finding(
            f"timeline.due.{one.key}",
            "timeline",
            "watch",
            "dates",
            (*one.must, ": it is asked for by ", by, ", and cannot be known before ", due, "."),
            Claim(what="date", relation="above", value=due, baseline=by),
        )


def _from_gates(gates: tuple[Gate, ...], project: Project, *, awaited: bool) -> Iterator[Requirement]:
    lately = any(gate.id.startswith("overall") and gate.window == RECENT for gate in gates)
    for gate in gates:
        if gate.verdict == "pass" or settled(project, gate) or (gate.id == "recent" and lately):
            continue
        yield Requirement(
            key=gate.id,
            must=_must(gate, project),
            how=(*gate.remedy, REACH) if gate.id == "rollback" and stranded(project) else gate.remedy,
            owner=_owner(gate.id, project),
            verified=f"gate “{gate.title}” passes in the next build",
            blocks=HELD.get(allowed(project)[0], HOLDS_NOTHING)
            if gate.id == "monitoring"
            else min(_blocks(gate, awaited=awaited), _of_stages(gate, project), key=ORDER.__getitem__),
        )


def _must(gate: Gate, project: Project) -> Sentence:
    """The title of a gate and what it asks; that of a gate which nobody had to declare says it by itself."""
    if asks_built(gate.id, project):
        return ("Monitoring is built, with a rule and data for every area",)
    return (titled(gate),) if gate.id.startswith("minimum.") else (f"{titled(gate)}: ", *target(gate))


def _blocks(gate: Gate, *, awaited: bool) -> str:
    """A failed hard gate stops everything; one left open, and an error too large of late, hold back full traffic.

    Where there is traffic a way back is needed, and an error within bounds of the next version, `awaited` unseen.
    """
    if gate.verdict == "fail" and (gate.hard or gate.id in BLOCKING):
        seen = gate.id == "rollback" or (awaited and _of_error(gate.id))
        return HOLDS_PART if seen else HOLDS_LAUNCH
    return HOLDS_FULL if gate.hard or (gate.id == "recent" and gate.verdict == "fail") else HOLDS_NOTHING


def _of_stages(gate: Gate, project: Project) -> str:
    """Return what comes after the first stage ahead whose judges watch what an open gate is about."""
    watched = WATCHED.get(gate.id, (gate.metric,) if gate.id.startswith(("overall.", "recent")) else ())
    plan, here = project.settings, REACHES.index(project.settings.state.stage)
    rules = {one.id for one in plan.alerts.rules if one.metric in watched}
    resting = (one.reach for one in plan.rollout.stages if rules.intersection(one.judged_by))
    held = (HELD[reach] for reach in resting if reach in HELD and REACHES.index(reach) >= here)
    return min(held, key=ORDER.__getitem__, default=HOLDS_NOTHING)


def _from_findings(findings: tuple[Finding, ...], project: Project) -> Iterator[Requirement]:
    for kind, must, words, verified, blocks in GROUPS:
        own = [one for one in findings if one.kind == kind and one.severity != "watch" and one.id != STRANDED]
        if not own:
            continue
        if wrong := faults(own):
            must += " and ".join(one.holds for one in wrong)
            words = "; ".join(one.advice for one in wrong) + ": "
            verified += " and ".join(one.found for one in wrong)
        count = derived(QUANTITY("conditions.{kind}", kind=kind), len(own))
        every = Counter(finding.subject for finding in own)
        named = [f"{name}{TIMES.get(n, f' {n} times')}" for name, n in every.items()][:NAMED]
        subjects = ", ".join((*named, *(("and others",) if len(every) > NAMED else ())))
        yield Requirement(
            key=kind,
            must=(must,),
            how=(words, count, f" ({subjects})"),
            owner=_owner(kind, project),
            verified=verified,
            blocks=HOLDS_FULL if blocks else HOLDS_NOTHING,
        )


def _threshold(at: Known, project: Project) -> Iterator[Requirement]:
    """Acting on another share of the cases, where that surely costs less than what the plan says."""
    less = at.fact("actions.capacity.more_per_month")
    if less.high is not None and less.high < 0 and "threshold" not in closings(project):
        saved = derived(
            QUANTITY("conditions.threshold.saved"),
            -(less.number or 0.0),
            low=-less.high,
            high=None if less.low is None else -less.low,
            range=less.range,
            n=less.n,
            source=less.id,
        )
        yield Requirement(
            key="threshold",
            must=("As many cases are acted on as pays, or it is written why not",),
            how=("acting on all that capacity allows would save another ", saved, " a month"),
            owner=_owner("threshold", project),
            verified="the threshold is set anew, or its reason is declared",
            blocks=HOLDS_NOTHING,
        )


def _settled_by(one: Requirement, dates: Timeline) -> Requirement:
    """Return a condition with what settles it, where that is dated: there is one day and one owner for it."""
    by = dates.settling(one.key)
    if by is None or by.kind == "drill":
        return one
    day = dated(f"conditions.{one.key}.settled", by.start, label=by.title, method=by.fixed)
    owner = by.owner.partition(",")[0] or one.owner
    return replace(one, owner=owner, how=(*one.how, f"; “{by.title}” decides it on ", day))


def _owner(key: str, project: Project) -> str:
    """Return who answers for an area: as declared for it, else the owner of the project; a role by its holder."""
    plan = project.settings
    declared = {
        "overall": plan.retraining.owner,
        "segment": plan.retraining.owner,
        "recent": plan.retraining.owner,
        "drift_impact": plan.retraining.owner,
        "claim": plan.retraining.owner,
        "rollback": plan.rollback.decides,
    }
    owner, _, role = (plan.project.owner or UNNAMED).partition(", ")
    named = (declared.get(key.partition(".")[0]) or owner).partition(";")[0].partition(",")[0]
    holders = {one.role.casefold(): one.name for one in plan.people.roles if one.name}
    return owner if named.casefold() == role.casefold() else holders.get(named.casefold(), named)


def _due(one: Requirement, dates: Timeline, ready: datetime.date | None) -> Fact:
    """Return the day for all that holds back the same: before that, else thirty days on; none that cannot be kept."""
    found = dates.of(f"due.{segment_of(one.blocks)}")
    words = "; ".join(text for text in (found.fixed, found.moved) if text) if found else ""
    day = found.start if found else None
    if (by := dates.settling(one.key)) is not None:
        day, words = by.start, by.fixed
    if day is not None and ready is not None and ready > day:
        day, words = ready, "the first working day on which it can be known"
    return dated(QUANTITY("conditions.{key}.due", key=one.key), day, method=words, reason=NO_DAY)


DECISION = Decision(id="conditions", title="Conditions of a launch", run=run)
