"""Takes opened inputs, gives how the labels of a file of their own meet the predictions, day by day."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from generator.engines import DELAY, Scan
from generator.errors import InputError
from generator.measure.frame import read_days, read_numbers
from generator.measure.inputs import OpenInputs, folded_over
from generator.records.aggregates import IntArray
from generator.records.ledger import LabelCounts

AGES = 400
"""Days of age that are told apart."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _CountedLabels:
    """Predictions by day, labelled ones by day, and labelled ones by delay in days."""

    predictions: Counter[int]
    labelled: Counter[int]
    delays: Counter[int]
    aged: Counter[tuple[int, int, bool]]
    """Labels by prediction day, age in days up to AGES, and whether the outcome is positive."""


def count_labels(opened: OpenInputs, *, jobs: int = 1) -> LabelCounts | None:
    """Return the counts; None without a file of labels. Raises InputError when no label has a prediction."""
    labels, declared = opened.labels, opened.project.settings.data.labels
    if labels is None or declared is None:
        return None
    engine, settings = opened.engine, opened.project.settings
    rows, unmatched = engine.rows(labels.table), engine.unmatched(opened.table, labels)
    if rows == 0:
        raise InputError("the labels have no rows", where=labels.table.name, hint="at least one row below the header")
    if unmatched == rows:
        raise InputError(
            f"none of the {rows} labels has a prediction with its key",
            where=labels.table.name,
            hint=f"compare column {labels.key} in the labels and in {opened.table.name}: they are joined as texts",
        )
    scan = Scan(
        table=opened.table,
        numeric=(labels.name,),
        text=(),
        time=settings.data.time,
        time_format=settings.data.time_format,
        zone=settings.project.time_zone,
        labels=labels,
        until=opened.until,
    )
    found = folded_over(opened, scan, lambda batch: _counted(batch, labels.name), _merged, jobs)
    assert found is not None
    dated = labels.arrived is not None and settings.data.time is not None
    days = np.array(sorted(found.predictions), dtype=np.int64)
    predictions = np.array([found.predictions[day] for day in days.tolist()], dtype=np.int64)
    labelled = np.array([found.labelled[day] for day in days.tolist()], dtype=np.int64)
    return LabelCounts(
        rows=rows,
        unmatched=unmatched,
        duplicates=engine.duplicates(Scan(table=labels.table, numeric=(), text=(labels.key,))),
        missing=int((predictions - labelled).sum()),
        days=days,
        predictions=predictions,
        labelled=labelled,
        mature=(days < 0) | (labelled >= declared.mature_at * predictions),
        delays=dict(sorted(found.delays.items())) if dated else None,
        arrivals=_triangle(found, days, {False, True}) if dated else None,
        positives=_triangle(found, days, {True}) if dated and settings.data.task == "binary" else None,
    )


def _triangle(found: _CountedLabels, days: IntArray, outcomes: set[bool]) -> IntArray:
    """Return labels by prediction day and age, of these outcomes."""
    oldest = max((age for _, age, _ in found.aged), default=0)
    out = np.zeros((days.size, oldest + 1), dtype=np.int64)
    places = {day: index for index, day in enumerate(days.tolist())}
    for (day, age, outcome), rows in found.aged.items():
        if outcome in outcomes:
            out[places[day], age] += rows
    return out


def _counted(batch: pa.RecordBatch, target: str) -> _CountedLabels:
    days, values = read_days(batch), read_numbers(batch, target)[0]
    known = ~np.isnan(values)
    delays: list[int | None] = []
    if DELAY in batch.schema.names:
        delays = batch.filter(pa.array(known)).column(DELAY).to_pylist()
    aged = zip(days[known].tolist(), delays, (values[known] > 0).tolist(), strict=False)
    return _CountedLabels(
        predictions=Counter(days.tolist()),
        labelled=Counter(days[known].tolist()),
        delays=Counter(delay for delay in delays if delay is not None),
        aged=Counter((d, min(max(age, 0), AGES), outcome) for d, age, outcome in aged if age is not None),
    )


def _merged(a: _CountedLabels, b: _CountedLabels) -> _CountedLabels:
    return _CountedLabels(
        predictions=a.predictions + b.predictions,
        labelled=a.labelled + b.labelled,
        delays=a.delays + b.delays,
        aged=a.aged + b.aged,
    )
