"""Takes roles, escalation and alert levels, gives who is called at night, and whether anybody can be woken."""

from collections.abc import Iterable

from generator.records.project import Person, Project
from generator.subjects.limits.rules import rule_levels

WAKING = ("P1", "P2")
"""Severities for which a pager or a telephone rings."""
MOST = 5
"""People that the runbook names; all stand with their roles elsewhere."""


def called(project: Project) -> list[Person]:
    """Return those whom the rollback or the escalation names, in that order, then whoever carries a pager.

    Everybody, where neither names one; not who types the first command, since that is who calls.
    """
    plan, people = project.settings.rollback, project.settings.people.roles
    named = _named((plan.decides or "", *project.settings.alerts.escalation), project)
    first = [*named, *(person for person in people if person.pager and person not in named)]
    return [person for person in first or people if person.role != _caller(project)][:MOST]


def asked(project: Project) -> list[Person]:
    """Return those whom the runbook tells to call: as above, then whom a condition or a step that fails names."""
    plan = project.settings.rollback
    texts = (
        *(one.authority or "" for one in plan.conditions),
        *(one.if_it_fails or "" for one in (*plan.prechecks, *plan.steps)),
    )
    found = called(project)
    more = (one for one in _named(texts, project) if one not in found and one.role != _caller(project))
    return [*found, *more][:MOST]


def rung(project: Project) -> list[Person]:
    """Return those for whom a pager or a telephone rings first: who is on call, then who is called."""
    return [*callers(project), *called(project)]


def callers(project: Project) -> list[Person]:
    """Return who types the first command of the rollback: who is on call."""
    return [person for person in project.settings.people.roles if person.role == _caller(project)]


def reached_by(person: Person) -> str:
    """Return by what somebody is reached, what wakes them first; empty where nothing is declared."""
    return ", ".join(filter(None, (person.pager and f"pager {person.pager}", person.phone, person.contact)))


def reach_of(name: str, project: Project) -> str:
    """Return by what whoever has this name or role is reached; empty where nothing is declared."""
    people = project.settings.people.roles
    own = (one for one in people if name.casefold() in (one.role.casefold(), (one.name or one.role).casefold()))
    return next(filter(None, map(reached_by, own)), "")


def _named(texts: Iterable[str], project: Project) -> list[Person]:
    """Return those whose role the texts name, in the order in which they do."""
    text = " ".join(texts).casefold()
    own = (person for person in project.settings.people.roles if person.role.casefold() in text)
    return sorted(own, key=lambda person: text.find(person.role.casefold()))


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
    return urgent and not any(person.phone or person.pager for person in rung(project))
