"""Takes roles, escalation and alert levels, gives who is called at night, and whether anybody can be woken."""

from __future__ import annotations

from generator.records.project import Person, Project
from generator.subjects.limits.rules import rule_levels

MOST = 5
"""People that the runbook names; all stand with their roles elsewhere."""


def called(project: Project) -> list[Person]:
    """Return those whom the rollback or the escalation names, in that order, then whoever carries a pager.

    Everybody, where neither names one; not who types the first command, since that is who calls.
    """
    plan, people = project.settings.rollback, project.settings.people.roles
    named = " ".join((plan.decides or "", *project.settings.alerts.escalation)).casefold()
    first = sorted(
        (person for person in people if person.role.casefold() in named or person.pager),
        key=lambda person: named.find(person.role.casefold()) % (len(named) + 1),
    )
    return [person for person in first or people if person.role != _caller(project)][:MOST]


def _caller(project: Project) -> str | None:
    plan = project.settings.rollback
    return next((step.actor for step in (*plan.prechecks, *plan.steps) if step.command), None)


def unreachable(project: Project) -> bool:
    """Return whether somebody is called, and for nobody of them a telephone or pager is declared."""
    people = called(project)
    return bool(people) and not any(person.phone or person.pager for person in people)


def stranded(project: Project) -> bool:
    """Return whether an alert is declared P1 and neither who is called nor who calls has a telephone or pager."""
    urgent = any(one.level is not None and one.severity == "P1" for one in rule_levels(project))
    caller = _caller(project)
    waking = (*called(project), *(person for person in project.settings.people.roles if person.role == caller))
    return urgent and not any(person.phone or person.pager for person in waking)
