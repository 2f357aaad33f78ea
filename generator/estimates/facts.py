"""Takes numbers that may not be computable, gives facts that say so."""

import datetime
import math
from dataclasses import replace

from generator.estimates.intervals import Estimate
from generator.records.fact import SAMPLING, Fact, Origin, Range
from generator.records.ledger import Ledger, Linear
from generator.records.named import PROJECT
from generator.records.project import Project
from generator.records.reason import UNDECLARED, lacking
from generator.results.words import Quantity, worded

PRODUCTION = "ledger: production rows"
BOTH = "ledger: production rows against the reference"
NO_TIME_COLUMN = lacking("the rows have no time column", "data.time", file=PROJECT)
NO_LABELS = "no labelled rows"
NOT_TOLD = lacking("the training statistics do not tell it", "data.reference_stats", file=PROJECT)
NO_REFERENCE = lacking("no training statistics", "data.reference_stats", file=PROJECT)


def not_told(ledger: Ledger) -> str:
    """Return why something of the reference is not known: there is none, or it does not tell."""
    return NO_REFERENCE if ledger.reference is None else NOT_TOLD


def number(
    what: str | Quantity,
    value: float,
    *,
    label: str = "",
    unit: str = "",
    low: float = math.nan,
    high: float = math.nan,
    range: Range = SAMPLING,
    n: float | None = None,
    method: str = "",
    source: str = PRODUCTION,
    origin: Origin = "measured",
    reason: str = "not computable from these rows",
) -> Fact:
    """Return a fact; a value that is not finite becomes one without value and with `reason`."""
    told = worded(what, label, unit, method, reason)
    if not math.isfinite(value):
        return replace(told.gap(), source=source, origin=told.origin or origin)
    both = math.isfinite(low) and math.isfinite(high)
    whole = told.unit in {"rows", "count"} and value == int(value)
    return Fact(
        id=told.id,
        value=int(value) if whole else float(value),
        label=told.label,
        unit=told.unit,
        low=low if both else None,
        high=high if both else None,
        range=range,
        n=int(n) if n is not None and math.isfinite(n) else None,
        method=told.method,
        source=source,
        origin=told.origin or origin,
    )


def estimated(
    what: str | Quantity,
    value: Estimate,
    *,
    label: str = "",
    unit: str = "",
    source: str = PRODUCTION,
    reason: str = NO_LABELS,
) -> Fact:
    """Return the fact of an estimate with its interval."""
    return number(
        what,
        value.value,
        label=label,
        unit=unit,
        low=value.low,
        high=value.high,
        n=value.n,
        method=value.method,
        source=source,
        reason=reason,
    )


def personal(project: Project) -> frozenset[str]:
    """Return the features whose levels point at people: their levels are counted, never named."""
    return frozenset(feature.name for feature in project.settings.data.features if feature.sensitivity == "personal")


def target_unit(project: Project) -> str:
    """Return the unit of the target: `money` when it is the project's currency, else as declared."""
    unit = project.settings.data.target_unit or ""
    return "money" if unit == project.settings.project.currency else unit


def effect_unit(project: Project, linear: Linear | None) -> str:
    """Return the unit in which a model adds up what its features contribute: log-odds for probabilities."""
    return "log-odds" if linear is not None and linear.link == "logit" else target_unit(project)


def date_of(day: int) -> datetime.date | None:
    """Return the date of days since 1970-01-01; None for rows without one."""
    return None if day < 0 else datetime.date(1970, 1, 1) + datetime.timedelta(days=int(day))


def dated(ledger: Ledger) -> list[tuple[int, datetime.date]]:
    """Return (place on the axis of days, date) of every day that has a date, in order."""
    pairs = ((index, date_of(int(day))) for index, day in enumerate(ledger.production.days))
    return [(index, date) for index, date in pairs if date is not None]


def declared(
    project: Project, id: str, path: str, value: float | None, *, label: str, unit: str = "", n: int | None = None
) -> Fact:
    """Return a declared number as a fact with its file and line."""
    if value is None:
        return Fact(id=id, value=None, label=label, unit=unit, reason=lacking(UNDECLARED, path, file=project.file))
    return Fact(
        id=id,
        value=value,
        label=label,
        unit=unit,
        n=n,
        origin="declared",
        method="declared",
        source=place(project, path),
    )


def place(project: Project, path: str) -> str:
    """Return file and line of a key, or of the nearest key above it."""
    parts = path.split(".")
    while parts and ".".join(parts) not in project.lines:
        parts.pop()
    key = ".".join(parts)
    file, line = project.tables.get(key, project.file), project.lines.get(key)
    return f"{file}:{line}" if line else file
