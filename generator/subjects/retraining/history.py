"""Takes the retrainings so far, gives gaps against the plan, what each brought, and money spent of the budget."""

import datetime
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project, Version
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import columns, quantities
from generator.subjects.kit.facts import dated, declared, derived, table
from generator.subjects.kit.known import Known, known

QUANTITY = quantities(__file__)

HEAD = "retraining.history"
EMPTY = lacking("no retrainings declared", "retraining.history")
Days: TypeAlias = Set[datetime.date] | None
"""The days of the runs to come; None where nothing is dated."""
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
    dates = {one.start for one in earlier.timeline.kind("run")} if earlier.timeline else None
    return Decisions(
        facts=facts, tables=(_review(past, project, at, dates),), findings=(*_ahead(past, at), *_findings(facts))
    )


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
    none = EMPTY if not past else "one version alone has no gap"
    return (
        derived(QUANTITY("{head}.count", head=HEAD), len(past) or None, reason=EMPTY),
        declared(project, f"{HEAD}.planned", planned, path, unit="days", label="Planned interval"),
        derived(
            QUANTITY("{head}.gap_median", head=HEAD), median(days) if days else None, n=len(days) or None, reason=none
        ),
        derived(QUANTITY("retraining.history.gap_longest"), max(days, default=None), reason=none),
        derived(
            QUANTITY("{head}.off_schedule", head=HEAD), len(off) if scheduled and planned else None, n=scheduled or None
        ),
    )


def _trend(past: Sequence[_Past], project: Project) -> Iterator[Fact]:
    values = [one.version.measured for one in past if one.version.measured is not None]
    change = values[-1] - values[0] if len(values) > 1 else None
    retraining = project.settings.retraining
    worse = sum((b < a) if retraining.history_better == "higher" else (b > a) for a, b in pairwise(values))
    reason = lacking("fewer than two versions state what was measured", "retraining.history")
    unit = _step_unit(retraining.history_unit)
    yield derived(QUANTITY("{head}.change", head=HEAD), change, unit=unit, n=len(values) or None, reason=reason)
    yield derived(QUANTITY("{head}.worse", head=HEAD), worse if len(values) > 1 else None, reason=reason)


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
        derived(QUANTITY("{head}.spent", head=HEAD), total, n=len(spent) or None, reason=reason),
        derived(
            QUANTITY("{head}.budget_used", head=HEAD),
            None if total is None or not budget else total / budget,
            source=f"{HEAD}.spent, declared.retraining.budget_per_year",
            reason=lacking("no budget declared", "retraining.budget_per_year") if not budget else reason,
        ),
    )


def _review(past: Sequence[_Past], project: Project, at: Known, dates: Days) -> Table:
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
    return table(
        f"{HEAD}.review", "Retraining history", heads, (_row(one, project, at, dates) for one in past), reason=EMPTY
    )


def _row(one: _Past, project: Project, at: Known, dates: Days) -> tuple[Cell, ...]:
    version, path, unit = one.version, f"retraining.history.{one.index}", project.settings.retraining.history_unit
    ahead = _is_ahead(one, at)
    measured = declared(project, f"{one.id}.measured", version.measured, f"{path}.measured", unit=unit)
    cost = declared(project, f"{one.id}.cost", version.cost, f"{path}.cost", unit="money")
    gap = derived(QUANTITY("{id}.gap", id=one.id, version=version.version), one.days)
    then = one.before.measured if one.before and not ahead else None
    step = derived(
        QUANTITY("{id}.change", id=one.id, version=version.version),
        None if then is None or version.measured is None else version.measured - then,
        unit=_step_unit(unit),
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
        _status(one, project, at, dates),
        f"{PLANNED}: {version.effect}" if ahead and version.effect else version.effect or (),
    )


def _or_nothing(fact: Fact) -> Fact | tuple[()]:
    return () if fact.value is None else fact


def _is_ahead(one: _Past, at: Known) -> bool:
    return at.is_ahead(one.version.date)


def _status(one: _Past, project: Project, at: Known, dates: Days) -> Cell:
    planned, _ = _planned(project)
    if _is_ahead(one, at):
        kept = dates is None or one.version.date in dates
        return Mark(status="watch", word="not yet come" if kept else "no longer planned")
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
    days = [dated(QUANTITY("{id}.ahead", id=one.id, version=one.version.version), one.version.date) for one in ahead]
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
