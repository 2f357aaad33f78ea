"""Takes the declared risks and everything found, gives a register with evidence and the five greatest."""

import re
from collections.abc import Iterator, Sequence

from generator.records.decision import Alert, AlertLevel, Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import dated, declared, derived
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.risks._evidence import RegisterLine, added_entries, declared_entries
from generator.subjects.risks._loss import expected_loss

QUANTITY, TABLE = quantities(__file__), tables(__file__)

HIGH, MEDIUM = 15, 8
TOP = 5
FIRING = "first day of this firing"
WAKING, SPEAKS = ("alert", "burn"), re.compile(r"\balerts?\b", re.IGNORECASE)
NO_RISKS = "no risks declared, and no finding adds one"
ADDED = "rule: a confirmed finding is certain (5), a severe one serious (4), another moderate (3)"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Fill the register and rank it."""
    at = known(evidence, earlier)
    entries = (*declared_entries(project, at), *added_entries(project, at))
    ranked = sorted(((entry, _row(entry, project, at)) for entry in entries), key=_weight, reverse=True)
    rows = tuple(row for _, row in ranked)
    count = derived(QUANTITY("risks.count"), len(rows))
    high = derived(QUANTITY("risks.count.high"), sum(_score(entry) >= HIGH for entry in entries))
    return Decisions(
        facts=(count, high, _losses(entries, rows)),
        tables=(
            TABLE("risks.register", rows, reason=NO_RISKS),
            _incidents(project, earlier.alerts),
            *_greatest(entries, rows),
        ),
        findings=tuple(_unwatched(project, earlier.alerts)),
    )


def _unwatched(project: Project, alerts: tuple[Alert, ...]) -> Iterator[Finding]:
    """Yield what a mitigation says of alerts and the plan of alerts does not: a rule that wakes nobody, or none."""
    kinds = {alert.id: alert.kind for alert in alerts}
    for risk in project.settings.risks:
        deaf = [name for name in risk.alerts if kinds.get(name) not in WAKING]
        if deaf:
            words = f"What is done against “{risk.title}” counts on {', '.join(deaf)}, which wakes nobody."
        elif not risk.alerts and not risk.rule and SPEAKS.search(risk.mitigation or ""):
            words = f"What is done against “{risk.title}” speaks of an alert, and `risks.alerts` names none."
        else:
            continue
        claim = Claim(what="alerts", relation="holds", value=None)
        yield finding(f"risks.{segment_of(risk.id)}.alerts", "alert", "watch", risk.title, (words,), claim)


def _greatest(entries: tuple[RegisterLine, ...], rows: tuple[tuple[Cell, ...], ...]) -> tuple[Table, Table]:
    """Rank by expected loss a year where every declared risk has one, else by score; name what that leaves out."""
    own = {entry.risk.id for entry in entries if entry.index is not None}
    priced = own and all(_loss(row) is not None for row in rows if row[0] in own)
    top = sorted(rows, key=lambda row: _loss(row) or 0.0, reverse=True) if priced else rows
    high = {entry.risk.id for entry in entries if _score(entry) >= HIGH} if priced else set()
    missed = tuple(row for row in top[TOP:] if row[0] in high and _loss(row) is None)
    return (
        TABLE("risks.top", top[:TOP], reason=NO_RISKS),
        TABLE("risks.unpriced", missed, reason="each stands among the greatest"),
    )


def _loss(row: tuple[Cell, ...]) -> float | None:
    """Return the expected loss a year at the end of a row of the register."""
    return number_of(row[-1])


def _losses(entries: tuple[RegisterLine, ...], rows: tuple[tuple[Cell, ...], ...]) -> Fact:
    """Return the expected losses a year of the declared risks, as far as they are priced; findings are no incidents."""
    own = {entry.risk.id for entry in entries if entry.index is not None}
    priced = [value for row in rows if row[0] in own and (value := _loss(row)) is not None]
    return derived(QUANTITY("risks.expected_loss_per_year"), sum(priced) if priced else None, n=len(priced))


def _score(entry: RegisterLine) -> int:
    return entry.risk.likelihood * entry.risk.impact


def _weight(pair: tuple[RegisterLine, tuple[Cell, ...]]) -> tuple[int, float]:
    """Rank by score, within a score by expected loss a year; sorting keeps the declared order of equals."""
    return _score(pair[0]), _loss(pair[1]) or 0.0


def _row(entry: RegisterLine, project: Project, at: Known) -> tuple[Cell, ...]:
    risk, head = entry.risk, f"risks.{segment_of(entry.risk.id)}"
    likelihood, impact = (_rating(entry, name, project) for name in ("likelihood", "impact"))
    score = derived(
        QUANTITY("{head}.score", head=head, title=risk.title), _score(entry), source=f"{likelihood.id}, {impact.id}"
    )
    return (
        risk.id,
        risk.title,
        likelihood,
        impact,
        score,
        entry.evidence,
        risk.mitigation or "not declared",
        risk.owner or project.settings.project.owner or "not declared",
        risk.residual or "not declared",
        _band(_score(entry)),
        expected_loss(entry, at, head),
    )


def _rating(entry: RegisterLine, name: str, project: Project) -> Fact:
    value, id = getattr(entry.risk, name), f"risks.{segment_of(entry.risk.id)}.{name}"
    if entry.index is None:
        return derived(id, value, unit="count", method=ADDED)
    return declared(project, id, value, f"risks.{entry.index}.{name}", unit="count")


def _band(score: int) -> Mark:
    if score >= HIGH:
        return Mark(status="red", word="high")
    return Mark(status="yellow", word="medium") if score >= MEDIUM else Mark(status="green", word="low")


def _incidents(project: Project, alerts: tuple[Alert, ...]) -> Table:
    """Replay past failures: days to detection then, and with the rule that watches now."""
    rows = tuple(
        (
            incident.what,
            incident.cause or "not declared",
            declared(
                project,
                f"risks.incidents.{n}.days_then",
                incident.days_to_detection,
                f"context.incidents.{n}.days_to_detection",
                unit="days",
                label="Days to detection then",
            ),
            incident.control or "not declared",
            incident.rule or "no alert rule",
            *_replayed(incident.rule or "", [own for one in alerts if one.id == incident.rule for own in one.levels]),
        )
        for n, incident in enumerate(project.settings.context.incidents)
    )
    reason = lacking("no incident declared", "context.incidents")
    return TABLE("risks.incidents", rows, reason=reason)


def _replayed(rule: str, levels: Sequence[AlertLevel]) -> tuple[Cell, Cell, Cell]:
    """Return the shortest delay of a rule's levels, since when one fires, and those that could tell of more yet."""
    delays = [level.delay for level in levels if level.delay.number is not None]
    day, id = next(
        ((one.since, f"alerts.{segment_of(rule)}.{one.level}.since") for one in levels if one.since), (None, "")
    )
    return (
        min(delays, key=lambda delay: delay.number or 0.0) if delays else (),
        dated(id, day, method=FIRING) if day else (),
        ", ".join(one.level for one in levels if day and not one.fires),
    )


DECISION = Decision(id="risks", title="Risk register", run=run)
