"""Takes the rollback plan and the alert rules, gives the card, the steps with their warnings, and the addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence
from generator.records.margins import ERROR
from generator.records.project import Project, Reach, Step
from generator.records.table import Cell, Table
from generator.subjects.kit.facts import columns, declared, table
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.rules import RuleLevel, rule_levels, title_of
from generator.subjects.rollback._commands import faults
from generator.subjects.rollback._previous import tonight

NO_RETURN = "Point of no return: going back from here costs more than going on. Read the checks before you type."
SERVES: dict[Reach, str] = {
    "candidate": "This version, not declared to serve",
    "shadow": "This version, in shadow: nobody sees it",
    "canary": "Serving a part of the traffic",
    "full": "Serving now",
}
"""What the card calls this version, by the stage that is declared."""
SHORT = 12
"""Characters of a digest that are enough to tell two files apart by eye."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Prepare what somebody acts on at night."""
    at, plan = known(evidence, earlier), project.settings.rollback
    now = {fact.id.rpartition(".")[2]: fact for fact in tonight(at, project)}
    return Decisions(
        facts=tuple(now.values()),
        tables=(
            _card(at, now, project),
            _steps("prechecks", "Checks before a rollback", plan.prechecks, project),
            _steps("steps", "Steps of a rollback", plan.steps, project),
            _steps("verify", "Checks after a rollback", plan.verify, project),
            _addresses(rule_levels(project)),
            _contacts(project),
        ),
        findings=tuple(_misread(project)),
    )


def _misread(project: Project) -> Iterator[Finding]:
    """Yield the commands that a shell reads otherwise than they show."""
    plan = project.settings.rollback
    named = (("prechecks", plan.prechecks), ("steps", plan.steps), ("verify", plan.verify))
    for name, index, step in ((name, i, step) for name, steps in named for i, step in enumerate(steps)):
        for fault in faults(step.command or "")[:1]:
            minutes = f"runbook.{name}.{index}.minutes"
            yield Finding(
                id=f"runbook.{name}.{index}.command",
                kind="alert",
                severity="confirmed",
                subject=f"command of “{step.title}”",
                words=(f"The command of the step “{step.title}” does not do what it shows: {fault}.",),
                evidence=(minutes,) if step.minutes is not None else (),
            )


def _card(at: Known, now: Mapping[str, Fact], project: Project) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (SERVES[project.settings.state.stage], _version(at, "declared.model")),
        ("Roll back to", _version(at, "declared.model.previous")),
        ("Tested in this build", _tested(at)),
        ("What it would bring", _gain(at)),
        ("By the newest day", _tonight(now)),
        ("Who decides", (at.fact("declared.rollback.decides"),)),
        ("Time to restore", _restore(at)),
        ("Last drill", _drill(at)),
    ]
    if project.settings.alerts.channels.alerts:
        rows.append(("Say it in", (at.fact("declared.alerts.channels.alerts"),)))
    return table("runbook.card", "Card", columns("field", "*value"), rows, reason="")


def _version(at: Known, head: str) -> Sentence:
    version, artifact = at.fact(f"{head}.version"), at.fact(f"{head}.artifact")
    released, digest = at.fact(f"{head}.released"), at.fact(f"{head}.sha256")
    words: list[str | Fact] = [version]
    if released.value is not None:
        words += [", released ", released]
    if isinstance(digest.value, str):
        words.append(f", sha256 {digest.value[:SHORT]}…")
    if artifact.value is not None:
        words += [", at ", artifact]
    elif version.value is not None:
        words.append(", place of the artifact not declared")
    return tuple(words)


def _tested(at: Known) -> Sentence:
    rows, error = at.fact("rollback.previous.scored_rows"), at.fact("rollback.previous.error")
    if not number_of(rows):
        return (f"no: {rows.reason or 'it scored no row'}",)
    return ("yes: the previous version loads and scores ", rows, " of today's data, error ", error)


def _gain(at: Known) -> Sentence:
    """What the same rows say: the interval of the difference decides, not its sign."""
    gain = at.fact("performance.gain.previous")
    if gain.value is None or gain.low is None or gain.high is None:
        return (f"not known: {gain.reason or 'the difference has no interval'}",)
    words: Sentence = ("the current version's error is ", gain, " against the previous one, same rows, whole period: ")
    if gain.low <= 0 <= gain.high:
        return (*words, "no clear difference")
    little = ", by less than the 5 % that matter" if max(abs(gain.low), abs(gain.high)) < ERROR else ""
    return (*words, f"a rollback would make predictions {'worse' if gain.high < 0 else 'better'}{little}")


def _tonight(now: Mapping[str, Fact]) -> Sentence:
    """What going back would do to the error now: the newest day of both versions, not the whole period."""
    way = now["way"]
    if way.value is None:
        return (f"not known: {way.reason}",)
    return ("going back ", way, ": previous version ", now["previous"], ", this one ", now["own"], ", ", now["day"])


def _restore(at: Known) -> Sentence:
    restore, steps = at.fact("rollback.restore"), at.fact("rollback.steps_minutes")
    return (restore,) if steps.value is None else (restore, ", of which the steps take ", steps)


def _drill(at: Known) -> Sentence:
    last, every = at.fact("declared.rollback.last_drill"), at.fact("declared.rollback.drill_every")
    words: Sentence = ("none on record",) if last.value is None else (last,)
    return words if every.value is None else (*words, "; to be held ", every)


def _steps(name: str, title: str, steps: tuple[Step, ...], project: Project) -> Table:
    heads = columns(
        "title: Step",
        "*command",
        "actor: Who",
        "minutes: Time",
        "*expected",
        "*check",
        "*if_it_fails: If it fails",
        "warning",
    )
    rows = (
        (
            step.title,
            step.command or (),
            step.actor or (),
            _minutes(name, index, step, project),
            step.expected or (),
            step.check or (),
            step.if_it_fails or (),
            NO_RETURN if step.point_of_no_return else (),
        )
        for index, step in enumerate(steps)
    )
    return table(f"runbook.{name}", title, heads, rows, reason=f"not declared ({project.file}: rollback.{name})")


def _minutes(name: str, index: int, step: Step, project: Project) -> Cell:
    if step.minutes is None:
        return ()
    path = f"rollback.{name}.{index}.minutes"
    return declared(project, f"runbook.{name}.{index}.minutes", step.minutes, path, unit="minutes")


def _contacts(project: Project) -> Table:
    """The people that the rollback or the escalation names, in that order; everybody where neither names one."""
    plan, people = project.settings.rollback, project.settings.people.roles
    named = " ".join((plan.decides or "", *project.settings.alerts.escalation)).casefold()
    first = sorted(
        (person for person in people if person.role.casefold() in named),
        key=lambda person: named.index(person.role.casefold()),
    )
    rows = ((person.role, person.name or (), person.contact or (), person.deputy or ()) for person in first or people)
    return table(
        "runbook.contacts",
        "Contacts",
        columns("role", "name", "contact", "deputy"),
        rows,
        reason=f"not declared ({project.file}: people.roles)",
    )


def _addresses(levels: tuple[RuleLevel, ...]) -> Table:
    heads = columns("rule", "level", "severity", "anchor", "address")
    return table(
        "runbook.addresses",
        "Runbook entries",
        heads,
        _address_rows(levels),
        reason="no alert rules declared (alerts.rules)",
    )


def _address_rows(levels: tuple[RuleLevel, ...]) -> Iterator[tuple[Cell, ...]]:
    return (
        (title_of(one.rule), one.name, one.severity, one.anchor, f"document:rollback-runbook#{one.anchor}")
        for one in levels
    )


DECISION = Decision(id="runbook", title="What is done at night", run=run)
