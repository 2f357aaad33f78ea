"""Takes the declared measures of acceptance, gives each with its target, what was measured, and whether it is met."""

from __future__ import annotations

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import segment_of
from generator.records.project import Acceptance, Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.limits.quantities import SIGNS, holds

NONE = lacking("no measures of acceptance declared", "context.acceptance")


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Hold every measure of acceptance against its target."""
    measures = project.settings.context.acceptance
    states = [_met(one) for one in measures]
    heads = columns("measure", "*how: How it is measured", "target", "actual", "status", "owner", "when")
    rows = (_row(one, index, project) for index, one in enumerate(measures))
    return Decisions(
        facts=(
            derived(
                "adoption.count.met",
                states.count(True) if measures else None,
                unit="count",
                n=sum(state is not None for state in states) or None,
                label="Measures of acceptance met",
                method="actual held against target",
                reason=NONE,
            ),
        ),
        tables=(table("adoption.measures", "How acceptance is measured", heads, rows, reason=NONE),),
    )


def _met(one: Acceptance) -> bool | None:
    return None if one.actual is None or one.target is None else holds(one.operator, one.actual, one.target)


def _row(one: Acceptance, index: int, project: Project) -> tuple[Cell, ...]:
    head, path = f"adoption.{segment_of(one.name)}", f"context.acceptance.{index}"
    target, actual = (
        declared(project, f"{head}.{key}", value, f"{path}.{key}", unit=one.unit, label=f"{one.name}, {key}")
        for key, value in (("target", one.target), ("actual", one.actual))
    )
    mark = {
        True: Mark(status="pass", word="met"),
        False: Mark(status="fail", word="not met"),
        None: Mark(status="inconclusive", word="not measured yet" if one.target is not None else "no target"),
    }[_met(one)]
    return (
        one.name,
        one.how or (),
        (f"{SIGNS[one.operator]} ", target) if one.target is not None else (),
        actual if one.actual is not None else (),
        mark,
        one.owner or (),
        one.when or (),
    )


DECISION = Decision(id="adoption", title="How the users take to it", run=run)
