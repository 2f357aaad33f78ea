"""Takes the declared measures of acceptance, gives each with its target, what was measured, and whether it is met."""

from __future__ import annotations

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import segment_of
from generator.records.project import Acceptance, Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import TOO_LATE, Known, known
from generator.subjects.limits.quantities import SIGNS, holds

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NONE = lacking("no measures of acceptance declared", "context.acceptance")


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Hold every measure of acceptance against its target."""
    measures, at = project.settings.context.acceptance, known(evidence, earlier)
    states = [_met(one, at) for one in measures]
    rows = (_row(one, index, project, at) for index, one in enumerate(measures))
    return Decisions(
        facts=(
            derived(
                QUANTITY("adoption.count.met"),
                states.count(True) if measures else None,
                n=sum(state is not None for state in states) or None,
                reason=NONE,
            ),
        ),
        tables=(TABLE("adoption.measures", rows, reason=NONE),),
    )


def _met(one: Acceptance, at: Known) -> bool | None:
    if one.actual is None or one.target is None or at.is_ahead(one.measured_on):
        return None
    return holds(one.operator, one.actual, one.target)


def _unsure(one: Acceptance) -> str:
    if one.target is None:
        return "no target"
    return "not measured yet" if one.actual is None else "cannot be told yet"


def _how(one: Acceptance, at: Known) -> str:
    late = f", {TOO_LATE}" if at.is_ahead(one.measured_on) else ""
    return "; ".join(text for text in (one.how, one.measured_on and f"measured on {one.measured_on}{late}") if text)


def _row(one: Acceptance, index: int, project: Project, at: Known) -> tuple[Cell, ...]:
    head, path = f"adoption.{segment_of(one.name)}", f"context.acceptance.{index}"
    target, actual = (
        declared(project, f"{head}.{key}", value, f"{path}.{key}", unit=one.unit, label=f"{one.name}, {key}")
        for key, value in (("target", one.target), ("actual", one.actual))
    )
    mark = {
        True: Mark(status="pass", word="met"),
        False: Mark(status="fail", word="not met"),
        None: Mark(status="inconclusive", word=_unsure(one)),
    }[_met(one, at)]
    return (
        one.name,
        _how(one, at) or (),
        (f"{SIGNS[one.operator]} ", target) if one.target is not None else (),
        actual if one.actual is not None else (),
        mark,
        one.owner or (),
        one.when or (),
    )


DECISION = Decision(id="adoption", title="How the users take to it", run=run)
