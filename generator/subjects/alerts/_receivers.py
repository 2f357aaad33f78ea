"""Takes alerts, roles and the way up, gives how each receiver is reached, and what is told when nobody answers."""

import json
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from generator.records.fact import Fact, Sentence
from generator.records.gauges import ESCALATION, OUTAGE, labels_of
from generator.records.project import Level, Person, Project
from generator.records.project.units import OF_INPUTS, SHARES
from generator.records.reason import UNDECLARED, Reason, lacking
from generator.records.table import Cell, Table
from generator.results.words import tables
from generator.subjects.alerts._sheet import Sheet
from generator.subjects.kit.facts import derived
from generator.subjects.limits.quantities import population
from generator.subjects.limits.rules import SILENT
from generator.subjects.limits.waking import WAKING, rung

TABLE = tables(__file__)

OF_ONE = ("each", "critical")
HELD = ", "
SOONEST = 0.25
"""Hours before which nobody is said not to have answered."""
RESPOND = "at once: take it over, and answer it, which quiets this alert and no other"
ANSWERED = "24h"
"""How long an answer lasts: an alert that is open still is then told further up again."""
UNHOOKED = {
    False: "Alertmanager is not given its hook",
    True: "Alertmanager is not given the hook that people type by page 1 of the runbook",
}
BY_HAND = "no program calls it"
ALIKE = "/"
"""Between severities that are reached alike, by no program."""


def escalation_table(severities: Collection[str], project: Project, runbook: str) -> Table:
    """Return the alerts that another one has stayed open: the steps of `alerts.escalation`, or at a graver severity."""
    levels = sorted(project.settings.alerts.levels, key=lambda one: one.severity)
    rows = tuple(
        _escalation(level, step, project, runbook)
        for level in levels
        if level.severity in WAKING and level.severity in severities and level.respond_within_hours is not None
        for step in range(1, len(project.settings.alerts.escalation))
    )
    rows += tuple(
        _raised(level, project, runbook)
        for level in levels
        if level.severity in severities and _raised_to(level, project)
    )
    reason = Reason(
        "no way up is declared (alerts.escalation), or no hours to answer in (alerts.levels.respond_within_hours)",
        ("alerts.escalation",),
    )
    return TABLE("alerts.escalation", rows, reason=reason)


def _escalation(level: Level, step: int, project: Project, runbook: str) -> tuple[Cell, ...]:
    id, waits = f"unanswered-{level.severity.lower()}-{step}", _waits(level, step)
    fires: Sentence = (f"an alert of {level.severity} is open for ", waits, " and nobody has answered it")
    told = (id, f"{level.severity} not answered", fires, level.severity, project.settings.alerts.escalation[step])
    return (*told, RESPOND, _open_for(waits, level, project), waits, runbook, answering(project))


def _raised(level: Level, project: Project, runbook: str) -> tuple[Cell, ...]:
    """Return the alert that one of a milder level has lasted; it wakes who is woken at the severity it is raised to."""
    severity, waits = _raised_to(level, project), _lasts(level, "minutes")
    fires: Sentence = (
        f"an alert of {level.severity} is open for ",
        _lasts(level, "hours"),
        f", and told as {severity}",
    )
    told = (_lasting(level), f"{level.severity} open for long", fires, severity)
    to = project.settings.alerts.channels.alerts or UNDECLARED
    return (*told, to, RESPOND, _open_for(waits, level, project), waits, runbook, answering(project))


def _raised_to(level: Level, project: Project) -> str:
    """Return the mildest declared severity that is graver and wakes somebody; empty where a level is not raised."""
    graver = [one.severity for one in project.settings.alerts.levels if one.severity in WAKING]
    found = [one for one in graver if one < level.severity] if level.raised_after_hours else []
    return max(found, default="")


def _open_for(waits: Fact, level: Level, project: Project) -> str:
    own = labels_of(model=project.settings.model.name, severity=level.severity).removesuffix("}")
    age = f'time() - ALERTS_FOR_STATE{own},level!="{ESCALATION}"}}'
    return f"max by (model, rule, source) ({age}) >= {60 * (waits.number or 0.0):.0f}"


def way_up(unanswered: Table, level: Level, project: Project) -> Sentence:
    """Return whom an alert of a level reaches when nobody answers it or it lasts; nothing where no alert tells it."""
    if any(row["id"] == _lasting(level) for row in unanswered.records):
        return (f"To {_raised_to(level, project)} when it is open for ", _lasts(level, "hours"))
    words: list[str | Fact] = []
    told = any(row["severity"] == level.severity for row in unanswered.records)
    for step in range(1, len(project.settings.alerts.escalation) if told else 1):
        words += [", " if words else "", f"{project.settings.alerts.escalation[step]} after ", _waits(level, step)]
    return (*words, " without an answer") if words else ()


def _waits(level: Level, step: int) -> Fact:
    """Return the minutes after which an alert that nobody answers is told a step further up."""
    minutes = 60 * step * max(level.respond_within_hours or 0.0, SOONEST)
    id = f"alerts.escalation.unanswered-{level.severity.lower()}-{step}.minutes"
    return derived(id, minutes, unit="minutes", method="time to answer in, once for each step of the way up")


def _lasting(level: Level) -> str:
    return f"lasting-{level.severity.lower()}"


def _lasts(level: Level, unit: Literal["hours", "minutes"]) -> Fact:
    time = (level.raised_after_hours or 0.0) * (60 if unit == "minutes" else 1)
    return derived(f"alerts.escalation.{_lasting(level)}.{unit}", time, unit=unit, method="as declared")


def answering(project: Project) -> str:
    """Return the command by which on call answers an alert: it silences, for a day, what tells of it further up."""
    labels = {"model": project.settings.model.name, "level": ESCALATION, "rule": "RULE"}
    named = " ".join(shlex.quote(f"{key}={json.dumps(value, ensure_ascii=False)}") for key, value in labels.items())
    return f"amtool silence add --duration={ANSWERED} --author=NAME --comment='on it' {named}"


def held_table(sheets: tuple[Sheet, ...], sources: bool) -> Table:
    """Return by cause the rules of which nothing is told while it is open, at red or, of a source, for its inputs."""
    rows = [(sheet.rule.id, HELD.join(held), "") for sheet in sheets if (held := held_by(sheet, sheets))]
    single = [sheet.rule.id for sheet in on_one(sheets)]
    rows += [(OUTAGE, HELD.join(single), "source")] if sources and single else []
    return TABLE("alerts.held_back", rows, reason="no rule is the cause of another")


def on_one(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Return those that send alerts on the worst of the single inputs."""
    return tuple(one for one in sheets if one.sends and population(one.rule.metric, one.rule.features) in OF_ONE)


def held_by(cause: Sheet, sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """Return the drift that cannot be judged where this one is red, of too few rows.

    Values that are missing, however many, hold nothing back: the worst input may have moved for another cause, and a
    source that is out holds back its own inputs alone.
    """
    if not cause.sends or cause.rule.metric != "rows" or all(one.level.name != "red" for one in cause.levels):
        return ()
    drifts = {*OF_INPUTS} - {*SHARES}
    return tuple(sheet.rule.id for sheet in sheets if sheet.sends and sheet.rule.metric in drifts)


@dataclass(frozen=True, slots=True)
class Way:
    """By what a receiver of a severity is reached; `why` is empty where a program does it."""

    severity: str
    to: str
    by: str
    address: str
    why: str


def ways_of(rules: Iterable[Mapping[str, Cell]], project: Project) -> tuple[Way, ...]:
    """Return by severity and receiver of the alerting rules every way to reach them."""
    pairs = sorted({(str(row["severity"]), str(row["receiver"])) for row in rules})
    return tuple(Way(*pair, *way) for pair in pairs for way in _reached(*pair, project))


def unreached(ways: Iterable[Way]) -> Sentence:
    """Return which receivers no program reaches; nothing where each has a way."""
    found: dict[str, list[bool]] = {}
    for way in ways:
        found.setdefault(f"{way.severity} {way.to}", []).append(not way.why)
    none = [name for name, by in found.items() if not any(by)]
    whom = "anybody" if len(none) == len(found) else ", ".join(none)
    return (f"Until more is declared no program reaches {whom}: section 2 says what is missing.",) if none else ()


def receiver_table(ways: Iterable[Way]) -> Table:
    """Return the ways; severities that no program reaches alike have one row."""
    found: dict[tuple[str, ...], list[str]] = {}
    for way in ways:
        apart = "" if way.why else way.severity
        found.setdefault((way.to, way.by, way.address, way.why, apart), []).append(way.severity)
    rows = ((f"{ALIKE.join(own)} {to}", *way) for (to, *way, _), own in found.items())
    return TABLE("alerts.receivers", rows, reason="no alert is sent")


def _reached(severity: str, to: str, project: Project) -> Iterator[tuple[str, str, str]]:
    person = next((one for one in project.settings.people.roles if one.role == to), None)
    if person is not None:
        yield from _of_person(person, project)
        return
    yield _unnamed(severity, project) if to == UNDECLARED else _way(to, project)
    if severity in WAKING:
        ringing = [row for one in rung(project) for row in _of_person(one, project) if one.pager or one.phone]
        if not ringing:
            yield "pager", "", "nobody who is called has one, nor a telephone (people.roles: pager, phone)"
        yield from (row for row in ringing if row[0] != "mail")


def _unnamed(severity: str, project: Project) -> tuple[str, str, str]:
    """Return that no channel is declared, and which one: what wakes nobody goes to the daily summary."""
    summary = severity in SILENT and not project.settings.alerts.channels.daily_summary
    key = "alerts.channels.daily_summary" if summary else "alerts.channels.alerts"
    return "chat", "", lacking("no channel is declared", key)


def _of_person(person: Person, project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield by what somebody is reached, of what a person has to call also whose it is."""
    of = f" of {person.name or person.role}"
    if person.pager:
        by, address, why = _way(person.pager, project)
        yield (f"pager{of}", address, BY_HAND) if by == "chat" else (by, address, why)
    if person.phone:
        yield f"telephone{of}", person.phone, BY_HAND
    if person.contact:
        yield _way(person.contact, project)
    if not (person.pager or person.phone or person.contact):
        yield f"pager{of}", "", "none is declared, nor another way (people.roles: pager, phone, contact)"


def _way(address: str, project: Project) -> tuple[str, str, str]:
    """Return by what an address is reached, the address, and what is not declared that this takes."""
    given = project.settings.alerts.sending
    if address.startswith("https://"):
        return "web", address, ""
    if "@" in address:
        server = given.mail_server and given.mail_from
        return "mail", address, "" if server else "no mail server (alerts.sending: mail_server, mail_from)"
    typed = any(address.lstrip("#") in (step.command or "") for step in project.settings.rollback.steps)
    return (
        "chat",
        address,
        "" if given.chat_url_file else lacking(UNHOOKED[typed], "alerts.sending.chat_url_file"),
    )
