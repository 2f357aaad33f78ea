"""Takes values, gives facts that say where they come from: declared in the project file, or derived here."""

import datetime
import math
from dataclasses import replace

from generator.estimates.facts import place
from generator.estimates.features import table as table
from generator.records.decision import Decisions
from generator.records.fact import NO_RANGE, Fact, Range, Value, facts_of, missing
from generator.records.project import Project
from generator.records.reason import UNDECLARED, lacking
from generator.results.words import Quantity, worded

NO_PARTS = "what it is worked out from is not available"


def declared(project: Project, id: str, value: Value, path: str, *, unit: str = "", label: str = "") -> Fact:
    """Return a declared value with the line of its key `path`, or the fact that it is not declared."""
    if value is None:
        return missing(id, lacking(UNDECLARED, path, file=project.file), label=label, unit=unit)
    return Fact(
        id=id,
        value=value,
        unit=unit,
        label=label,
        source=place(project, path),
        method="as declared",
        origin="declared",
    )


def derived(
    what: str | Quantity,
    value: Value,
    *,
    unit: str = "",
    label: str = "",
    method: str = "",
    source: str = "",
    reason: str = "",
    low: float | None = None,
    high: float | None = None,
    range: Range = NO_RANGE,
    n: int | None = None,
    simulated: bool = False,
) -> Fact:
    """Return a value worked out here; without a value, or with one that is no number, `reason` says why."""
    told = worded(what, label, unit, method, reason or NO_PARTS)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return told.gap()
    return Fact(
        id=told.id,
        value=value,
        unit=told.unit,
        label=told.label,
        method=told.method,
        source=source,
        low=low,
        high=high,
        range=range,
        n=n,
        origin="simulated" if simulated else "derived",
    )


def flag(
    what: str | Quantity, value: bool | None, *, label: str = "", method: str = "", source: str = "", reason: str = ""
) -> Fact:
    """Return a truth value worked out here."""
    return derived(what, value, unit="flag", label=label, method=method, source=source, reason=reason)


def dated(
    what: str | Quantity, value: datetime.date | None, *, label: str = "", method: str = "", reason: str = ""
) -> Fact:
    """Return a day worked out here."""
    return derived(what, value, unit="date", label=label, method=method, reason=reason)


def complete(decided: Decisions, known_ids: set[str]) -> Decisions:
    """Return `decided` with every fact that its tables, findings and gates show among its facts, each id once."""
    facts: dict[str, Fact] = {}
    for fact in facts_of(decided):
        if fact.id not in known_ids:
            facts.setdefault(fact.id, fact)
    return replace(decided, facts=tuple(facts.values()))
