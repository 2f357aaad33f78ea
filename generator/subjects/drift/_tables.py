"""Takes the drift of all features and its facts, gives the tables of the whole period."""

from collections.abc import Iterator

import numpy as np

from generator.estimates.features import counted, mark
from generator.estimates.missing_rates import Rates, increase_fact
from generator.records.fact import Fact
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.drift._facts import FeatureFacts
from generator.subjects.drift._severity import Declared, Drift
from generator.subjects.drift._shape import Shapes

QUANTITY, TABLE = quantities(__file__), tables(__file__)

IMPACTS = 15
LIKELY = 0.01
"""From this chance of a false flag on the note names the feature."""
MARKS: dict[Declared, Mark] = {
    "severe": Mark(status="severe", word="severe (declared)"),
    "yellow": Mark(status="yellow", word="yellow (declared)"),
    "within": Mark(status="ok", word="within policy"),
    "none": Mark(status="info", word="no limit declared"),
}


def drift_tables(drift: Drift, facts: FeatureFacts, rates: Rates, shapes: Shapes) -> tuple[Table, ...]:
    """Return all features, their quantiles, those over a declared limit, and what the model feels of them."""
    note = _note(drift, facts)
    no_features = "the model has no features"
    high = _risk_rows(drift, facts, rates, shapes)
    return (
        TABLE("drift.all", _all_rows(drift, facts, shapes), reason=no_features, note=note),
        TABLE("drift.quantiles", _quantile_rows(drift, facts), reason="the model has no numeric features"),
        TABLE("drift.high_risk", high, reason=_nothing_declared(drift), note=note),
        TABLE("drift.impact", _impact_rows(drift, facts), reason=drift.impact.reason or no_features),
    )


def empty_tables(reason: str) -> tuple[Table, ...]:
    """Return the same tables without rows."""
    return (
        TABLE("drift.all", (), reason=reason),
        TABLE("drift.quantiles", (), reason=reason),
        TABLE("drift.high_risk", (), reason=reason),
        TABLE("drift.impact", (), reason=reason),
    )


def _all_rows(drift: Drift, facts: FeatureFacts, shapes: Shapes) -> Iterator[tuple[Cell, ...]]:
    keys = TABLE.keys("drift.all")[2:-4]
    for index in drift.order:
        kind = "numeric" if index < drift.numeric else "categorical"
        cells = (facts.of(index, key) for key in keys)
        yield (
            drift.names[index],
            kind,
            *cells,
            shapes.of(index),
            shapes.since(index),
            MARKS[drift.declared[index]],
            mark(drift.grades[index]),
        )


def _quantile_rows(drift: Drift, facts: FeatureFacts) -> Iterator[tuple[Cell, ...]]:
    keys = TABLE.keys("drift.quantiles")[1:]
    for index in (index for index in drift.order if index < drift.numeric):
        yield (drift.names[index], *(facts.of(index, key) for key in keys))


def _risk_rows(drift: Drift, facts: FeatureFacts, rates: Rates, shapes: Shapes) -> Iterator[tuple[Cell, ...]]:
    size = {index: abs(facts.of(index, "mean_change").number or 0.0) for index in drift.order}
    for index in sorted(drift.order, key=lambda index: (drift.declared[index] != "severe", -size[index])):
        if drift.declared[index] in ("severe", "yellow"):
            rise = increase_fact(drift.names[index], rates, index, drift.groups)
            yield (
                drift.names[index],
                facts.of(index, "mean_change"),
                facts.of(index, "mean_change_recent"),
                facts.of(index, "sd_change"),
                rise,
                _course(shapes, index),
                MARKS[drift.declared[index]],
                mark(drift.grades[index]),
            )


def _course(shapes: Shapes, index: int) -> Cell:
    shape, since = shapes.of(index), shapes.since(index)
    return ("step on ", since) if since.value is not None else shape


def _impact_rows(drift: Drift, facts: FeatureFacts) -> Iterator[tuple[Cell, ...]]:
    if drift.impact.reason:
        return
    size = np.nan_to_num(np.abs(drift.impact.parts.value), nan=-1.0)
    for index in np.argsort(-size, kind="stable")[:IMPACTS]:
        keys = ("shift", "mean_change_recent", "coefficient", "impact", "impact_share")
        yield (drift.names[int(index)], *(facts.of(int(index), key) for key in keys))


def _nothing_declared(drift: Drift) -> str:
    covered = any(word != "none" for word in drift.declared)
    return (
        "no feature is over a declared limit"
        if covered
        else "no drift limit is declared, or nothing it covers is measured"
    )


def _note(drift: Drift, facts: FeatureFacts) -> tuple[str | Fact, ...]:
    """Return which declared flag is likeliest to be false, where one is likely."""
    chance = np.nan_to_num(drift.false_flag, nan=0.0)
    likely = int((chance > LIKELY).sum())
    if not likely:
        return ()
    worst = int(np.argmax(chance))
    number = counted(QUANTITY("drift.count.false_flag_likely"), likely)
    return (
        "A relative limit on the mean says little where the mean is small against the spread. "
        "Features it may well flag without any drift: ",
        number,
        ", first of all ",
        drift.names[worst],
        " with a chance of ",
        facts.of(worst, "false_flag"),
        ".",
    )
