"""Takes the declared measures of acceptance and business figures, gives each with its target and what was measured."""

import datetime

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import segment_of
from generator.records.project import Acceptance, Kpi, Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
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
        tables=(TABLE("adoption.measures", rows, reason=NONE), _figures(project, at)),
    )


def _figures(project: Project, at: Known) -> Table:
    """Return the business figures; one measured after the day of the build says so."""
    rows = (
        (one.name, one.baseline or (), one.target or (), _actual(one, at) or (), one.owner or ())
        for one in project.settings.business.kpis
    )
    return TABLE("business.kpis", rows, reason=lacking("no business figures declared", "business.kpis"))


def _actual(one: Kpi, at: Known) -> str:
    return "; ".join(text for text in (one.actual, _measured(one.measured_on, at)) if text)


def _measured(day: datetime.date | None, at: Known) -> str:
    late = f", {TOO_LATE}" if at.is_ahead(day) else ""
    return f"measured on {day}{late}" if day else ""


def _met(one: Acceptance, at: Known) -> bool | None:
    if one.actual is None or one.target is None or at.is_ahead(one.measured_on):
        return None
    return holds(one.operator, one.actual, one.target)


def _unsure(one: Acceptance) -> str:
    if one.target is None:
        return "no target"
    return "not measured yet" if one.actual is None else "cannot be told yet"


def _how(one: Acceptance, at: Known) -> str:
    return "; ".join(text for text in (one.how, _measured(one.measured_on, at)) if text)


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
