"""Takes the retrainings so far, gives gaps against the plan, what each brought, and money spent of the budget."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project, Version
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.subjects.kit.facts import columns, dated, declared, derived, flag, table
from generator.subjects.kit.known import Known, known

HEAD = "retraining.history"
EMPTY = lacking("no retrainings declared", "retraining.history")
YEAR = datetime.timedelta(days=365)
TOLERANCE = 0.1
"""Share of the planned interval by which a scheduled retraining may come early or late."""
LEAST_DAYS = 3
PLANNED = "planned, not measured"
"""What is said of a version whose day comes after the last day of the data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Past:
    """A version with its place in the project file and the one before it."""

    version: Version
    index: int
    before: Version | None

    @property
    def id(self) -> str:
        return f"{HEAD}.{segment_of(self.version.version)}"

    @property
    def days(self) -> int | None:
        return None if self.before is None else (self.version.date - self.before.date).days


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Hold what happened against what was meant to happen."""
    at = known(evidence, earlier)
    past = _in_order(project.settings.retraining.history)
    off = [one for one in past if _off_schedule(one, project)]
    facts = (
        *_gaps(past, off, project),
        *_trend([one for one in past if not _is_ahead(one, at)], project),
        *_money(past, project, at),
    )
    return Decisions(facts=facts, tables=(_review(past, project, at),), findings=(*_ahead(past, at), *_findings(facts)))


def _in_order(history: Sequence[Version]) -> list[_Past]:
    places = sorted(range(len(history)), key=lambda place: history[place].date)
    before = [None, *(history[place] for place in places[:-1])]
    return [_Past(version=history[place], index=place, before=one) for place, one in zip(places, before, strict=False)]


def _planned(project: Project) -> tuple[int | None, str]:
    retraining = project.settings.retraining
    for index, option in enumerate(retraining.options):
        if option.id == retraining.chosen:
            return option.every_days, f"retraining.options.{index}.every_days"
    return None, "retraining.chosen"


def _off_schedule(one: _Past, project: Project) -> bool:
    planned, _ = _planned(project)
    if planned is None or one.days is None or one.version.kind != "scheduled":
        return False
    return abs(one.days - planned) > max(LEAST_DAYS, TOLERANCE * planned)


def _gaps(past: Sequence[_Past], off: Sequence[_Past], project: Project) -> tuple[Fact, ...]:
    days = [one.days for one in past if one.days is not None]
    planned, path = _planned(project)
    scheduled = sum(one.version.kind == "scheduled" and one.days is not None for one in past)
    maximum = project.settings.retraining.maximum_gap_days
    none = EMPTY if not past else "one version alone has no gap"
    kept = None if maximum is None or not days else max(days) <= maximum
    return (
        derived(
            f"{HEAD}.count",
            len(past) or None,
            unit="count",
            label="Versions so far",
            method="declared versions",
            reason=EMPTY,
        ),
        declared(project, f"{HEAD}.planned", planned, path, unit="days", label="Planned interval"),
        derived(
            f"{HEAD}.gap_median",
            median(days) if days else None,
            unit="days",
            label="Usual gap",
            n=len(days) or None,
            method="median of the days between versions",
            reason=none,
        ),
        derived(
            f"{HEAD}.gap_longest",
            max(days, default=None),
            unit="days",
            label="Longest gap",
            method="most days between two versions",
            reason=none,
        ),
        flag(
            f"{HEAD}.within_maximum",
            kept,
            label="No gap longer than allowed",
            source="retraining.maximum_gap_days",
            reason=none if not days else lacking("no longest gap declared", "retraining.maximum_gap_days"),
        ),
        derived(
            f"{HEAD}.off_schedule",
            len(off) if scheduled and planned else None,
            unit="count",
            n=scheduled or None,
            label="Scheduled retrainings off their day",
            method="gap differs from the planned interval by more than a tenth of it, and three days at least",
            reason="no scheduled retraining in the history, or no interval declared",
        ),
    )


def _trend(past: Sequence[_Past], project: Project) -> Iterator[Fact]:
    values = [one.version.measured for one in past if one.version.measured is not None]
    change = values[-1] - values[0] if len(values) > 1 else None
    retraining = project.settings.retraining
    worse = sum((b < a) if retraining.history_better == "higher" else (b > a) for a, b in pairwise(values))
    reason = lacking("fewer than two versions state what was measured", "retraining.history")
    unit = _step_unit(retraining.history_unit)
    yield derived(
        f"{HEAD}.change",
        change,
        unit=unit,
        label="Change from the first version to the last",
        n=len(values) or None,
        method="last − first measured value",
        reason=reason,
    )
    yield derived(
        f"{HEAD}.worse",
        worse if len(values) > 1 else None,
        unit="count",
        label="Versions worse than the one before",
        method="measured values in order of date",
        reason=reason,
    )


def _step_unit(unit: str) -> str:
    """A difference of shares is in points."""
    return "points" if unit == "share" else unit


def _money(past: Sequence[_Past], project: Project, at: Known) -> tuple[Fact, ...]:
    today = at.as_of
    recent = [one for one in past if today is not None and today - YEAR < one.version.date <= today]
    spent = [one.version.cost for one in recent if one.version.cost is not None]
    budget = project.settings.retraining.budget_per_year
    total = sum(spent) if spent else None
    reason = lacking("no version of the last twelve months states what it cost", "retraining.history")
    return (
        derived(
            f"{HEAD}.spent",
            total,
            unit="money",
            label="Spent in twelve months",
            n=len(spent) or None,
            method="sum of the stated costs of the versions of the last 365 days",
            reason=reason,
        ),
        derived(
            f"{HEAD}.budget_used",
            None if total is None or not budget else total / budget,
            unit="share",
            label="Share of the yearly budget spent",
            method="spent in twelve months / budget a year",
            source=f"{HEAD}.spent, declared.retraining.budget_per_year",
            reason=lacking("no budget declared", "retraining.budget_per_year") if not budget else reason,
        ),
    )


def _review(past: Sequence[_Past], project: Project, at: Known) -> Table:
    heads = columns(
        "version",
        "date",
        "*trigger",
        "gap: Days since the last",
        "measured",
        "change",
        "cost",
        "status: Against the plan",
        "*effect",
    )
    return table(f"{HEAD}.review", "Retraining history", heads, (_row(one, project, at) for one in past), reason=EMPTY)


def _row(one: _Past, project: Project, at: Known) -> tuple[Cell, ...]:
    version, path, unit = one.version, f"retraining.history.{one.index}", project.settings.retraining.history_unit
    ahead = _is_ahead(one, at)
    measured = declared(project, f"{one.id}.measured", version.measured, f"{path}.measured", unit=unit)
    cost = declared(project, f"{one.id}.cost", version.cost, f"{path}.cost", unit="money")
    gap = derived(
        f"{one.id}.gap",
        one.days,
        unit="days",
        label=f"Days before {version.version}",
        method="date − date of the version before",
        reason="the first version",
    )
    then = one.before.measured if one.before and not ahead else None
    step = derived(
        f"{one.id}.change",
        None if then is None or version.measured is None else version.measured - then,
        unit=_step_unit(unit),
        label=f"Change with {version.version}",
        method="measured − that before",
        reason="not measured on both versions",
    )
    stated = version.metric or ()
    return (
        version.version,
        declared(project, f"{one.id}.date", version.date, f"{path}.date", unit="date"),
        version.trigger or version.kind or (),
        _or_nothing(gap),
        () if ahead else _or_nothing(measured) or stated,
        _or_nothing(step),
        _or_nothing(cost),
        _status(one, project, at),
        f"{PLANNED}: {version.effect}" if ahead and version.effect else version.effect or (),
    )


def _or_nothing(fact: Fact) -> Fact | tuple[()]:
    return () if fact.value is None else fact


def _is_ahead(one: _Past, at: Known) -> bool:
    return at.is_ahead(one.version.date)


def _status(one: _Past, project: Project, at: Known) -> Cell:
    planned, _ = _planned(project)
    if _is_ahead(one, at):
        return Mark(status="watch", word="not yet come")
    if one.days is None:
        return Mark(status="info", word="first")
    if one.version.kind == "triggered":
        return Mark(status="info", word="triggered")
    if planned is None or one.version.kind is None:
        return Mark(status="inconclusive", word="plan not stated" if planned is None else "kind not stated")
    if not _off_schedule(one, project):
        return Mark(status="pass", word="as planned" if one.days == planned else "near its day")
    return Mark(status="watch", word="late" if one.days > planned else "early")


def _ahead(past: Sequence[_Past], at: Known) -> Iterator[Finding]:
    """Versions of a day that the data have not reached: planned, whatever they are said to have brought."""
    ahead = [one for one in past if _is_ahead(one, at)]
    if not ahead:
        return
    days = [
        dated(f"{one.id}.ahead", one.version.date, label=f"Day of {one.version.version}", method="as declared")
        for one in ahead
    ]
    told: Sentence = ()
    for one, day in zip(ahead, days, strict=True):
        told = (*told, "; " if told else "", f"{one.version.version} on ", day)
    yield finding(
        "retraining.history.ahead",
        "retraining",
        "confirmed",
        "retraining history",
        (
            "The history holds versions of days after the last day of the data: ",
            *told,
            ". What they are said to have brought is a plan.",
        ),
        Claim(what="date", relation="holds", value=days[0]),
        *days,
    )


def _findings(facts: Sequence[Fact]) -> Iterator[Finding]:
    by_id = {fact.id: fact for fact in facts}
    off, planned, usual = (by_id[f"{HEAD}.{name}"] for name in ("off_schedule", "planned", "gap_median"))
    if isinstance(off.value, int) and off.value > 0:
        yield finding(
            "retraining.history.schedule",
            "retraining",
            "confirmed",
            "retraining schedule",
            (
                "The plan says a retraining every ",
                planned,
                "; scheduled retrainings off their day: ",
                off,
                ", with ",
                usual,
                " between versions as a rule.",
            ),
            Claim(what="off_schedule", relation="above", value=off),
        )
    used = by_id[f"{HEAD}.budget_used"]
    if isinstance(used.value, float) and used.value > 1:
        yield finding(
            "retraining.history.budget",
            "retraining",
            "confirmed",
            "retraining budget",
            (
                "Retrainings of the last twelve months cost ",
                by_id[f"{HEAD}.spent"],
                ", ",
                used,
                " of the budget.",
            ),
            Claim(what="budget_used", relation="above", value=used),
        )


DECISION = Decision(id="history", title="Retrainings so far, held against the plan", run=run)
