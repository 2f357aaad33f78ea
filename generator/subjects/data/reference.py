"""The reference day by day, where its rows have dates: what the metrics were when all was well."""

import math
from collections.abc import Iterator

from generator.estimates.facts import date_of, not_told, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN
from generator.estimates.missing_rates import missing_by_day
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_of, segment_of
from generator.records.ledger import PREDICTION, ROLES, Aggregates, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Column, Table
from generator.results.words import quantities
from generator.stats.arrays import divide

QUANTITY = quantities(__file__)

TITLE, SOURCE = "The reference by day", "ledger: reference rows"
NO_DAYS = "the reference has no dated rows, only sums over all of them"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return rows, error, bias, mean prediction and missing rate of every day of the reference."""
    unit = target_unit(project)
    head, reference = head_of(ledger, unit), ledger.reference
    heads = (
        Column(key="date", label="Date"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=head.metric.title, unit=head.unit),
        Column(key="bias", label="Mean error", unit=unit),
        Column(key="prediction", label="Mean prediction", unit=unit),
        Column(key="missing", label="Missing rate, mean over the features", unit="share"),
    )
    rows = () if reference is None or reference.day is None else tuple(_rows(ledger, reference, head, unit))
    reason = "" if rows else not_told(ledger) if reference is None else NO_DAYS
    table = Table(id="reference.daily", title=TITLE, columns=heads, rows=rows, reason=reason)
    return Evidence(facts=(*facts_of(table), *_bounds(ledger)), tables=(table,))


def _bounds(ledger: Ledger) -> Iterator[Fact]:
    """Yield between which values of its column each tier of a segment lies: from the lower on, below the upper."""
    for segment in ledger.plan.segments:
        for place, cut in enumerate(() if segment.hidden else segment.cuts):
            for level, key in zip(segment.levels[place : place + 2], ("below", "from"), strict=True):
                id = f"reference.segment.{segment_of(segment.name)}.{segment_of(level)}.{key}"
                yield number(id, cut, label=f"{segment.name} {level}, {key}")


def _rows(ledger: Ledger, reference: Aggregates, head: Head, unit: str) -> list[tuple[Cell, ...]]:
    assert reference.day is not None
    missing = missing_by_day(ledger.plan, reference)
    share = None
    if missing is not None and missing.size:
        share = divide(missing, reference.day.rows[:, None]).mean(axis=1)
    column = len(ledger.plan.numeric) + ROLES.index(PREDICTION)
    dated = ((place, date_of(int(day))) for place, day in enumerate(reference.days))
    return [
        _row(
            date.isoformat(),
            {
                "rows": (float(reference.day.rows[place]), "rows", "Rows"),
                **_errors(reference, place, head, unit),
                "prediction": (_mean(reference, place, column), unit, "Mean prediction"),
                "missing": (math.nan if share is None else float(share[place]), "share", "Missing rate"),
            },
        )
        for place, date in dated
        if date is not None
    ]


def _errors(reference: Aggregates, place: int, head: Head, unit: str) -> dict[str, tuple[float, str, str]]:
    day: FloatArray | None = None if reference.losses is None else reference.losses.day[place]
    n = 0.0 if day is None else float(day[COLUMN["n"]])
    error = math.nan if day is None else head.ratio.of(float(day[COLUMN["e2"]]), n)
    bias = float(day[COLUMN["e"]]) / n if day is not None and n else math.nan
    return {"error": (error, head.unit, head.metric.title), "bias": (bias, unit, "Mean error")}


def _mean(reference: Aggregates, place: int, column: int) -> float:
    assert reference.day is not None
    moments = reference.day.moments
    return float(moments.mean[place, column]) if moments.n[place, column] > 0 else math.nan


def _row(date: str, values: dict[str, tuple[float, str, str]]) -> tuple[Cell, ...]:
    facts = (
        number(
            QUANTITY("reference.daily.{name}.{date}", name=name, date=date, label=label),
            value,
            unit=unit,
            source=SOURCE,
        )
        for name, (value, unit, label) in values.items()
    )
    return (date, *facts)


ANALYSIS = Analysis(id="reference", title="The reference by day", run=run)
