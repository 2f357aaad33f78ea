"""Takes the rollback plan and the evidence, gives what is acted on at night: versions, commands, people."""

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.headline import told
from generator.records.project import Person, Project, Reach, Step
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, flag
from generator.subjects.kit.known import Known, known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.rules import rule_levels, title_of
from generator.subjects.limits.waking import asked, callers, reach_of, stranded, unreachable
from generator.subjects.rollback._commands import asking, faults, proof_of, shown_minutes
from generator.subjects.rollback._entries import entries
from generator.subjects.rollback._modes import by_hand, groups, helping, less, worse
from generator.subjects.rollback._previous import tonight
from generator.subjects.rollback._shares import beyond_most
from generator.subjects.rollback._watch import shared

QUANTITY, TABLE = quantities(__file__), tables(__file__)

STATES: dict[Reach, str] = {
    "candidate": "is a candidate, not declared to serve: nothing to go back from yet",
    "shadow": "runs in shadow: nobody sees its answers, nothing to go back from yet",
    "canary": "serves a part of the traffic",
    "full": "serves",
}
"""What the runbook calls this version, by the stage that is declared."""
SERVED = tuple(f"rollout.served.{name}" for name in ("first", "share", "since", "over", "cap"))
UNTRIED = "came before it: it was not loaded in this build"
CALM = ("P3", "P4")
"""Severities that can wait for those who are awake."""
SHORT = 12
"""Characters of a digest that are enough to tell two files apart by eye."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Prepare what somebody acts on at night."""
    at, people = known(evidence, earlier), asked(project)
    proofs = _proofs(at, project)
    silent = flag(QUANTITY("runbook.unreachable"), unreachable(project))
    return Decisions(
        facts=(
            *tonight(at, project),
            flag(QUANTITY("runbook.serves"), project.settings.state.serves),
            *proofs,
            silent,
            _soak(project),
            _ring(project),
            _asking(project),
            *helping(project),
        ),
        tables=(
            _versions(at, project),
            _commands(project),
            _verify(project),
            less(at, project),
            shared(project, at),
            _forward(project),
            groups(at, project),
            _at_once(project),
            _calm(at),
            *worse(at, project),
            _contacts(people, project),
            _owners(project),
            *entries(at, project),
        ),
        findings=(
            *_misread(project),
            *_unproven(proofs, silent),
            *(() if proofs[-1].value or silent.value else _mute(project)),
            *_alike(project),
            *by_hand(project, at),
            *_twofold(at, project),
            *_beyond_most(project),
        ),
    )


def _misread(project: Project) -> Iterator[Finding]:
    """Yield the commands that a shell reads otherwise than they show, or that cannot be typed twice."""
    plan = project.settings.rollback
    if plan.steps and not plan.forward:
        words = "No command says how the newer version is served again, or which share of the traffic it gets."
        yield _finding("forward", "serving the newer version again", words, None, severity="watch")
    named = (("prechecks", plan.prechecks), ("steps", plan.steps), ("verify", plan.verify), ("forward", plan.forward))
    for fault in faults(asking(project) or "")[:1]:
        words = f"The command that asks a statement of queries.sql does not do what it shows: {fault}."
        yield _finding("queries.command", "command that asks a statement", words, None)
    for index, mode in enumerate(plan.degraded_modes):
        for fault in (*faults(mode.command or ""), *faults(mode.undo or ""))[:1]:
            words = f"A command of “{mode.name}” does not do what it shows: {fault}."
            yield _finding(f"degraded_modes.{index}.command", f"commands of “{mode.name}”", words, None)
    for name, index, step in ((name, i, step) for name, steps in named for i, step in enumerate(steps)):
        for fault in faults(step.command or "")[:1]:
            yield _finding(
                f"{name}.{index}.command",
                f"command of “{step.title}”",
                f"The command of the step “{step.title}” does not do what it shows: {fault}.",
                None,
            )


def _proofs(at: Known, project: Project) -> tuple[Fact, Fact, Fact]:
    """Return whether the commands prove where they act, whether what is published is checked, whether a P1 wakes."""
    plan = project.settings.rollback
    typed = [step for step in (*plan.prechecks, *plan.steps) if step.command]
    last = next((index for index, step in enumerate(plan.steps) if step.point_of_no_return), None)
    asked = last is not None and bool(at.rows("rollback.golden"))
    answered = any(step.proves == "golden" for step in plan.steps[:last])
    return (
        flag(QUANTITY("runbook.placed"), not typed or typed[0].proves == "place"),
        flag(QUANTITY("runbook.checked"), not asked or answered),
        flag(QUANTITY("runbook.stranded"), stranded(project)),
    )


def _unproven(proofs: tuple[Fact, Fact, Fact], silent: Fact) -> Iterator[Finding]:
    """Yield what the commands leave to luck, and an alert that wakes nobody."""
    placed, checked, deaf = proofs
    if not placed.value:
        words = "No command proves, before any other is typed, that it is the right cluster and account."
        yield _finding("place", "rollback commands", words, placed)
    if not checked.value:
        words = "No step sends the golden requests before the point of no return: a wrong version would be published."
        yield _finding("golden", "golden requests", words, checked)
    if deaf.value:
        words = "An alert is P1, and for nobody on call or called a telephone or pager is declared: it wakes nobody."
        yield _finding("stranded", "on-call", words, deaf)
    elif silent.value:
        words = "For nobody who is called a telephone or pager is declared."
        yield _finding("unreachable", "on-call", words, silent, severity="watch")


def _mute(project: Project) -> Iterator[Finding]:
    """Yield those to whom an unanswered urgent alert goes on, and whom nothing wakes, where others can be woken."""
    steps = {step.casefold() for step in project.settings.alerts.escalation}
    roles = [one for one in project.settings.people.roles if one.role.casefold() in steps]
    deaf = [one.role for one in roles if not one.phone and not one.pager]
    if deaf and any(one.level is not None and one.severity == "P1" for one in rule_levels(project)):
        words = (
            f"A P1 that nobody answers goes to {' and '.join(deaf)}, whom no telephone or pager wakes: it ends there."
        )
        yield _finding("mute", "escalation", words, None, severity="watch")


def _alike(project: Project) -> Iterator[Finding]:
    """Yield a command that is to prove an alert and asks the same whichever it is."""
    own = [one.title for one in project.settings.rollback.prechecks if one.proves == "alert"]
    if own and not proof_of("any", project)[0]:
        words = f"The command of “{own[0]}” names no RULE: it asks the same, whichever alert it is."
        yield _finding("alert", "command that proves an alert", words, None, severity="watch")


def _twofold(at: Known, project: Project) -> Iterator[Finding]:
    """Yield each alert whose entry orders otherwise than page 1 or a condition of the rollback on the same limit."""
    faults_of = {told(at.facts).metric: "error", "rows": "inputs", "latency_p95": "service", "throughput": "service"}
    for level in rule_levels(project):
        rule, orders = level.rule, []
        if not level.gravest or not level.do:
            continue
        asked = _against(faults_of.get(rule.metric, ""), project)
        if asked and rule.mode != asked:
            orders.append(f"“{asked}” is declared against this fault")
        for one in project.settings.rollback.conditions:
            same = (one.metric, one.threshold, one.relative_to) == (rule.metric, level.limit.threshold.number, "none")
            if same and one.action != "observe" and (one.action == "degrade") != bool(rule.mode):
                orders.append(f"“{one.id}” of the rollback asks to {one.action}")
            hours, minutes = level.level.respond_within_hours if level.level else None, one.decide_within_minutes
            if same and one.action == "degrade" and hours and minutes and 60 * hours != minutes:
                orders.append(f"“{one.id}” of the rollback has another time for it")
        if orders:
            by = f", by “{rule.mode}”" if rule.mode else ""
            words = f"One alert has two orders: its entry says “{level.do}”{by}; {' and '.join(orders)}."
            yield _finding(f"orders.{segment_of(rule.id)}", title_of(rule), words, None)


def _against(kind: str, project: Project) -> str | None:
    """Return the degraded mode that is declared first against a kind of failure."""
    return next((mode.name for mode in project.settings.rollback.degraded_modes if mode.against == kind), None)


def _beyond_most(project: Project) -> Iterator[Finding]:
    """Yield what a text lets a mode take out beyond the largest share that is declared for it."""
    for index, (mode, where, said) in enumerate(beyond_most(project)):
        path = f"rollback.degraded_modes.{project.settings.rollback.degraded_modes.index(mode)}.most"
        most = declared(project, f"runbook.modes.{segment_of(mode.name)}.most", mode.most, path, unit="share")
        words: Sentence = (f"“{mode.name}” may take out ", most, f" of the cases, and {where} let it take out {said}.")
        claim = Claim(what="share", relation="contradicts", value=most)
        yield finding(f"runbook.modes.beyond.{index}", "alert", "watch", "serving with less", words, claim)


def _finding(id: str, subject: str, words: str, proof: Fact | None, severity: Severity = "confirmed") -> Finding:
    claim = Claim(what=id, relation="holds" if proof and proof.value else "fails", value=proof)
    return finding(f"runbook.{id}", "alert", severity, subject, (words,), claim)


def _soak(project: Project) -> Fact:
    minutes = project.settings.rollback.soak_minutes
    hours = None if minutes is None else minutes / 60
    return declared(project, "runbook.soak", hours, "rollback.soak_minutes", unit="hours", label="Time to watch")


def _versions(at: Known, project: Project) -> Table:
    rows = [_version(at, "declared.model", (STATES[project.settings.state.stage], *_share(at, project)))]
    scored = at.fact("rollback.previous.scored_rows")
    ready = ("stands ready: it was loaded and scored ", scored, " in this build")
    if at.fact("declared.model.previous.version").value is not None:
        rows.append(_version(at, "declared.model.previous", ready if scored.number else (UNTRIED,)))
    return TABLE("runbook.versions", rows, reason=lacking("no version declared", "model.version"))


def _share(at: Known, project: Project) -> Sentence:
    """Return how much of the traffic a part of it is, where that is declared, and what the budget bears of it."""
    first, share, since, over, cap = map(at.fact, SERVED)
    if share.value in (None, 1.0):
        return ()
    grows: Sentence = (first, " to ") if first.value is not None else ()
    shows = next((f": {letter} shows it" for letter, one in _letters(project) if one.proves == "traffic"), "")
    unknown: Sentence = (f", today's is not recorded{shows}",)
    day: Sentence = (" since ", since) if since.value is not None else unknown if grows else ()
    bears: Sentence = ("; its budget bears ", cap) if over.value is True else ()
    return (" (", *grows, share, *day, *bears, ")")


def _version(at: Known, head: str, state: Sentence) -> tuple[Cell, ...]:
    digest = at.fact(f"{head}.sha256").value
    return (at.fact(f"{head}.version"), state, digest[:SHORT] if isinstance(digest, str) else "")


def _at_once(project: Project) -> Table:
    """Alerts that tell on the day itself whether the version gone back to works: none of them waits for outcomes."""
    late = (*OF_ERRORS, "revenue", "alerts_per_day")
    titles = dict.fromkeys(title_of(one.rule) for one in rule_levels(project) if one.rule.metric not in late)
    reason = "every alert waits for outcomes"
    return TABLE("runbook.at_once", ((one,) for one in titles), reason=reason)


def _calm(at: Known) -> Table:
    """Alert levels for which nobody is woken, with how soon they are answered."""
    rows = (
        (row["name"], row["severity"], row["respond"]) for row in at.rows("alerts.levels") if row["severity"] in CALM
    )
    return TABLE("runbook.calm", rows, reason="every declared level wakes somebody")


def _verify(project: Project) -> Table:
    rows = (_step(step, "verify", index, project) for index, step in enumerate(project.settings.rollback.verify))
    reason = lacking(UNDECLARED, "rollback.verify", file=project.file)
    return TABLE("runbook.verify", rows, reason=reason)


def _commands(project: Project) -> Table:
    """All commands in the order of typing: those that only look have letters, those that change something numbers."""
    plan = project.settings.rollback
    looks = (_step(one, "prechecks", n, project, letter) for n, (letter, one) in enumerate(_letters(project)))
    goes_back = (_step(one, "steps", n, project, str(n + 1)) for n, one in enumerate(plan.steps))
    rows = (*((*row, "looks") for row in looks), *((*row, "goes back") for row in goes_back))
    reason = lacking(UNDECLARED, "rollback.steps", file=project.file)
    return TABLE("runbook.commands", rows, reason=reason)


def _letters(project: Project) -> Iterator[tuple[str, Step]]:
    """Yield the commands that only look, each with its letter."""
    return ((chr(ord("A") + index), one) for index, one in enumerate(project.settings.rollback.prechecks))


def _forward(project: Project) -> Table:
    """Commands that serve the newer version again, in the order of typing."""
    plan = project.settings.rollback.forward
    rows = (_step(one, "forward", n, project, f"N{n + 1}") for n, one in enumerate(plan))
    return TABLE("runbook.forward", rows, reason=lacking(UNDECLARED, "rollback.forward", file=project.file))


def _step(step: Step, name: str, index: int, project: Project, number: str = "") -> tuple[Cell, ...]:
    return (
        f"▲ {number}" if step.point_of_no_return else number,
        step.title,
        step.command or (),
        step.actor or (),
        _minutes(name, index, step, project),
        step.expected or (),
        step.check or (),
        step.if_it_fails or (),
    )


def _minutes(name: str, index: int, step: Step, project: Project) -> Cell:
    shown = shown_minutes(step)
    if shown is None:
        return ()
    path = f"rollback.{name}.{index}.minutes"
    return declared(project, f"runbook.{name}.{index}.minutes", shown, path, unit="minutes")


def _contacts(people: list[Person], project: Project) -> Table:
    rows = (
        (
            person.role,
            person.name or (),
            " · ".join(filter(None, (person.pager and f"pager {person.pager}", person.phone))) or (),
            person.contact or (),
            _else(person, people, index, project),
        )
        for index, person in enumerate(people)
    )
    return TABLE("runbook.contacts", rows, reason=lacking(UNDECLARED, "people.roles", file=project.file))


def _else(person: Person, people: list[Person], index: int, project: Project) -> Cell:
    """Return who is called in place of somebody; where that is who did not answer just before, the next."""
    if not person.deputy:
        return ()
    if person.deputy in {name for one in people[:index] for name in (one.name, one.role)}:
        return "the next" if people[index + 1 :] else ()
    return ", ".join(filter(None, (person.deputy, reach_of(person.deputy, project))))


def _ring(project: Project) -> Fact:
    """By what whoever is on call is woken."""
    own = next((one for one in callers(project) if one.pager or one.phone), None)
    by = f"{own.role}: pager {own.pager}" if own and own.pager else f"{own.role}: {own.phone}" if own else None
    return declared(project, "runbook.ring", by, "people.roles", label="What wakes who is on call")


def _asking(project: Project) -> Fact:
    path = "alerts.queries_with"
    return declared(project, "runbook.asking", asking(project), path, label="What asks one statement of queries.sql")


def _owners(project: Project) -> Table:
    """The owners of the sources, by what they are reached."""
    reached: dict[str, list[str]] = {}
    for one in project.settings.data.sources:
        reach = reach_of(one.owner or "", project) or "no contact declared; page 1 has whom to ask"
        reached.setdefault(reach, []).append(f"{one.owner or 'nobody declared'} for {one.name}")
    rows = ((", ".join(owners), reach) for reach, owners in reached.items())
    return TABLE("runbook.owners", rows, reason=lacking(UNDECLARED, "data.sources", file=project.file))


DECISION = Decision(id="runbook", title="What is done at night", run=run)
