"""Takes gates that did not pass and findings that contradict the plan, gives the conditions of a launch."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.decision import Decision, Decisions, Gate
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.subjects.calendar._workdays import last_working_day, working_day
from generator.subjects.journal._closed import closings, settled
from generator.subjects.kit.facts import columns, dated, derived, table
from generator.subjects.kit.known import Known, known
from generator.subjects.verdict._card import dated as titled
from generator.subjects.verdict._card import target
from generator.subjects.verdict._controls import allowed
from generator.subjects.verdict._recent import RECENT

GRACE_DAYS = 30
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
        "correct the stated figures that do not add up: ",
        "the stated and the recomputed figures agree",
        False,
    ),
    (
        "rollout",
        "Every stage of the rollout lasts long enough to decide",
        "give the stages of the rollout what they need to decide: ",
        "the next build finds none too short",
        True,
    ),
    (
        "alert",
        "Every alert does what it is for",
        "set anew the alerts that do not do what they are for: ",
        "the next build finds nothing on them",
        False,
    ),
)
"""Kinds of findings: what must be true, what brings it about, how that is verified, whether it blocks."""
HEADS = columns(
    "id",
    "*must: What must be true",
    "*how: What brings it about",
    "owner",
    "due",
    "*verified: Verified by",
    "blocks: Holds back",
)
ORDER = {"launch": 0, "full traffic": 1, "no": 2}
UNNAMED = "to be named"
NAMED = 5
"""Subjects of a condition that are named; the rest stand among the findings."""


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
    at = known(evidence, earlier)
    every = (*_from_gates(earlier.gates, project), *_from_findings(at.findings, project), *_threshold(at, project))
    wanted = sorted(every, key=lambda one: ORDER[one.blocks])
    rows = tuple(
        (one.key, one.must, one.how, one.owner, _due(one, at, project), one.verified, one.blocks) for one in wanted
    )
    first = wanted[0].blocks if wanted and wanted[0].blocks != "no" else ""
    return Decisions(
        facts=(
            derived(
                "conditions.count",
                len(rows),
                unit="count",
                label="Conditions",
                method="gates that did not pass, and kinds of contradictions",
            ),
            derived(
                "conditions.count.blocking",
                sum(one.blocks != "no" for one in wanted),
                unit="count",
                label="Conditions before full traffic",
                method="conditions that block the launch or full traffic",
            ),
        ),
        tables=(
            table("conditions.all", "Conditions", HEADS, rows, reason="every gate passed, nothing contradicts"),
            table(
                "conditions.next",
                "Conditions of the next stage",
                HEADS,
                (row for row in rows if row[-1] == first),
                reason="no condition holds anything back",
            ),
            table(
                "conditions.later",
                "Conditions that come after the next stage, or hold nothing back",
                HEADS,
                (row for row in rows if row[-1] != first),
                reason="there are no others",
            ),
        ),
    )


def _from_gates(gates: tuple[Gate, ...], project: Project) -> Iterator[Requirement]:
    lately = any(gate.id.startswith("overall") and gate.window == RECENT for gate in gates)
    for gate in gates:
        if gate.verdict == "pass" or settled(project, gate) or (gate.id == "recent" and lately):
            continue
        yield Requirement(
            key=gate.id,
            must=_must(gate, project),
            how=gate.remedy,
            owner=_owner(gate.id, project),
            verified=f"gate “{gate.title}” passes in the next build",
            blocks="launch" if gate.id == "monitoring" and allowed(project)[0] == "none" else _blocks(gate),
        )


def _must(gate: Gate, project: Project) -> Sentence:
    """The title of a gate and what it asks; that of a gate which nobody had to declare says it by itself."""
    if gate.id == "monitoring" and allowed(project)[0] == "none":
        return ("Monitoring is built, with a rule and data for every area",)
    return (titled(gate),) if gate.id.startswith("minimum.") else (f"{titled(gate)}: ", *target(gate))


def _blocks(gate: Gate) -> str:
    """A failed hard gate stops everything; one left open, and an error too large of late, hold back full traffic."""
    if gate.verdict == "fail" and (gate.hard or gate.id in BLOCKING):
        return "launch"
    return "full traffic" if gate.hard or (gate.id == "recent" and gate.verdict == "fail") else "no"


def _from_findings(findings: tuple[Finding, ...], project: Project) -> Iterator[Requirement]:
    for kind, must, words, verified, blocks in GROUPS:
        own = [finding for finding in findings if finding.kind == kind and finding.severity != "watch"]
        if not own:
            continue
        count = derived(f"conditions.{kind}", len(own), unit="count", method=f"confirmed findings of kind {kind}")
        every = tuple(dict.fromkeys(finding.subject for finding in own))
        subjects = ", ".join((*every[:NAMED], *(("and others",) if len(every) > NAMED else ())))
        yield Requirement(
            key=kind,
            must=(must,),
            how=(words, count, f" ({subjects})"),
            owner=_owner(kind, project),
            verified=verified,
            blocks="full traffic" if blocks else "no",
        )


def _threshold(at: Known, project: Project) -> Iterator[Requirement]:
    """Acting on another share of the cases, where that surely costs less than what the plan says."""
    less = at.fact("actions.capacity.more_per_month")
    if less.high is not None and less.high < 0 and "threshold" not in closings(project):
        saved = derived(
            "conditions.threshold.saved",
            -(less.number or 0.0),
            unit="money",
            label="Saved a month by acting on all that capacity allows",
            method="as much as it costs less than the threshold of today",
            source=less.id,
        )
        yield Requirement(
            key="threshold",
            must=("As many cases are acted on as pays, or it is written why not",),
            how=("acting on all that capacity allows would save another ", saved, " a month"),
            owner=_owner("threshold", project),
            verified="the threshold is set anew, or its reason is declared",
            blocks="no",
        )


def _owner(key: str, project: Project) -> str:
    """Return who answers for an area: as declared for it, else the owner of the project."""
    plan = project.settings
    declared = {
        "overall": plan.retraining.owner,
        "segment": plan.retraining.owner,
        "recent": plan.retraining.owner,
        "drift_impact": plan.retraining.owner,
        "claim": plan.retraining.owner,
        "rollback": plan.rollback.decides,
    }
    named = declared.get(key.partition(".")[0]) or plan.project.owner or UNNAMED
    return named.partition(";")[0].partition(",")[0]


def _due(one: Requirement, at: Known, project: Project) -> Fact:
    """Before the rollout or the decision for what blocks, else thirty days later."""
    start = project.settings.rollout.start or project.settings.context.decide_by
    id, label = f"conditions.{one.key}.due", "Due"
    if one.blocks == "launch" and start is not None:
        method = "last working day before the rollout, else before the decision"
        return dated(id, _before(start, at, project), label=label, method=method)
    today = start or at.as_of
    if today is None:
        return dated(id, None, label=label, reason="neither a rollout nor an as-of date is known")
    day, _ = working_day(today + datetime.timedelta(days=GRACE_DAYS), project.settings.calendar)
    method = "first working day thirty days after the rollout or the as-of date"
    until = _expiry(at, project)
    if until is not None and until < day:
        last, method = last_working_day(until, project.settings.calendar), "last working day before these papers expire"
        day = max(last, at.as_of or last)
    return dated(id, day, label=label, method=method)


def _before(start: datetime.date, at: Known, project: Project) -> datetime.date:
    """Return the last working day before a day; the day itself when no working day is left before it."""
    day = last_working_day(start - datetime.timedelta(days=1), project.settings.calendar)
    return start if at.as_of is not None and day <= at.as_of else day


def _expiry(at: Known, project: Project) -> datetime.date | None:
    """Return the day on which the documents expire."""
    days = project.settings.calendar.valid_days
    return None if days is None or at.as_of is None else at.as_of + datetime.timedelta(days=days)


DECISION = Decision(id="conditions", title="Conditions of a launch", run=run)
