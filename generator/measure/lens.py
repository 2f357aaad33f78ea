"""Takes a plan, the models and the roles of columns; turns a batch into rows ready to be summed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from generator.measure.frame import (
    Bools,
    Texts,
    check_outcomes,
    check_probabilities,
    finite,
    group_of,
    hash_rows,
    hash_texts,
    place_segment,
    read_days,
    read_given,
    read_texts,
)
from generator.measure.losses import Predictions, loss_columns
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import SlicePlan
from generator.records.ledger import Plan, SegmentPlan
from generator.records.plugin import Counting
from generator.records.project import Feature
from generator.scoring import Columns, ScoringModel

ACTED = ("1", "1.0", "true", "t", "yes", "y")
"""Texts that say that a row was acted on."""
BY_PREDICTION, BY_UNSEEN, BY_COMPLETE = "(prediction)", "(unseen levels)", "(complete)"


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanRoles:
    """Which columns hold what; None where the data has no such column."""

    target: str | None
    prediction: str | None = None
    previous: str | None = None
    benchmark: str | None = None
    entity: str | None = None
    acted: str | None = None
    """Whether somebody acted on the prediction: such rows have no outcome to judge it by."""
    stored: str | None = None
    """Predictions in a column beside a model that is opened: what served, which may not be what the model says."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Naive:
    """The frozen naive prediction: the reference mean of the target, one for all rows or by level of one segment."""

    segment: str | None
    means: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Lens:
    """Everything a batch is looked at with."""

    plan: Plan
    roles: ScanRoles
    model: ScoringModel | None
    previous: ScoringModel | None
    naive: Naive | None
    extreme: float | None = None
    """The error from which entities are listed; None where they must not be named."""
    immature: IntArray | None = None
    """Days whose labels are left out, because too few have arrived."""
    rules: tuple[Feature, ...] = ()
    """Features with what is to happen to a row that breaks a rule of theirs."""
    slicing: SlicePlan | None = None
    """How rows are cut into slices; None where none are looked for."""
    threshold: float | None = None
    """The probability from which the team acts; None where it says none."""
    counts: Mapping[str, Counting] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """One batch, column by column and ready to be summed; `values` and `given` follow `Plan.columns`."""

    count: int
    values: list[FloatArray]
    """Numbers that can be summed, NaN for all others."""
    given: list[FloatArray]
    """The same with infinite values: what is NaN here is missing."""
    nulls: list[Bools]
    slots: list[IntArray]
    """Per categorical feature the place among its levels, then unseen, then missing."""
    texts: list[Texts]
    days: IntArray
    group: IntArray
    hashes: NDArray[np.uint64]
    entity: Texts | None
    levels: list[IntArray]
    """Per segment the place on the axis of all levels."""
    losses: FloatArray
    error: FloatArray
    design: FloatArray | None
    stored: FloatArray | None = None
    acted: Bools | None = None


class BatchColumns:
    """The columns of one batch, each read at most once."""

    def __init__(self, lens: Lens, batch: pa.RecordBatch) -> None:
        self.lens, self.batch, self.plan = lens, batch, lens.plan
        self._read: dict[str, tuple[FloatArray, Bools]] = {}
        self._numbers: dict[str, FloatArray] = {}
        self._texts: dict[str, Texts] = {}

    def rows(self) -> Rows:
        """Return the batch ready to be summed."""
        plan, roles = self.plan, self.lens.roles
        prediction, design = self._scores()
        days = read_days(self.batch)
        target, target_null = self._target(days)
        acted = _acted(self)
        if acted is not None:
            target = np.where(acted, np.nan, target)
        features = [self.number(name) for name in plan.numeric]
        values = [*(v for v, _ in features), target, prediction]
        nulls = [*(null for _, null in features), target_null, np.zeros(self.batch.num_rows, dtype=np.bool_)]
        texts = [self.text(name) for name in plan.categorical]
        slots = [text.recode(levels) for text, levels in zip(texts, plan.levels, strict=True)]
        given = _given(self, values)
        levels = self._levels(prediction, given, slots)
        entity = self.text(roles.entity) if roles.entity else None
        hashes = hash_rows(values, self.batch.num_rows) if entity is None else hash_texts(entity)
        predictions = Predictions(
            target=target,
            prediction=prediction,
            previous=_previous(self),
            benchmark=_benchmark(self, levels),
            binary=plan.binary,
            threshold=self.lens.threshold,
        )
        return Rows(
            count=self.batch.num_rows,
            values=values,
            given=given,
            nulls=nulls,
            slots=slots,
            texts=texts,
            days=days,
            group=group_of(hashes),
            hashes=hashes,
            entity=entity,
            levels=levels,
            losses=loss_columns(predictions),
            error=prediction - target,
            design=None if design is None else np.column_stack([design, prediction, target]),
            stored=self.number(roles.stored)[0] if roles.stored else None,
            acted=acted,
        )

    def as_given(self, column: str) -> tuple[FloatArray, Bools]:
        """Return the numbers (n,) of a column as the rows give them, and which have none (n,)."""
        if column not in self._read:
            self._read[column] = read_given(self.batch, column)
        return self._read[column]

    def number(self, column: str) -> tuple[FloatArray, Bools]:
        """Return the numbers (n,) of a column, none of them infinite, and which have none (n,)."""
        given, null = self.as_given(column)
        if column not in self._numbers:
            self._numbers[column] = finite(given, column)
        return self._numbers[column], null

    def text(self, column: str) -> Texts:
        """Return the texts of a column."""
        if column not in self._texts:
            self._texts[column] = read_texts(self.batch, column)
        return self._texts[column]

    def _target(self, days: IntArray) -> tuple[FloatArray, Bools]:
        if self.lens.roles.target is None:
            return self._nothing()
        target, null = self.number(self.lens.roles.target)
        if self.plan.binary:
            check_outcomes(self.lens.roles.target, target)
        if self.lens.immature is None or not self.lens.immature.size:
            return target, null
        early = np.isin(days, self.lens.immature)
        return np.where(early, np.nan, target), null | early

    def _nothing(self) -> tuple[FloatArray, Bools]:
        return np.full(self.batch.num_rows, np.nan), np.ones(self.batch.num_rows, dtype=np.bool_)

    def raw(self, features: tuple[str, ...]) -> Columns:
        """Return features as a model takes them."""
        numeric = set(self.plan.numeric)
        return {f: self.number(f)[0] if f in numeric else self.text(f) for f in features}

    def prediction(self) -> FloatArray:
        """Return the predictions alone."""
        return self._scores()[0]

    def _scores(self) -> tuple[FloatArray, FloatArray | None]:
        prediction, design = self._scored()
        if self.plan.binary:
            check_probabilities(self.lens.roles.prediction or "the model's prediction", prediction)
        return prediction, design

    def _scored(self) -> tuple[FloatArray, FloatArray | None]:
        if self.lens.model is not None:
            scores = self.lens.model.score(self.raw(self.lens.model.features))
            return scores.prediction, scores.design
        column = self.lens.roles.prediction
        return (self.number(column) if column else self._nothing())[0], None

    def _levels(self, prediction: FloatArray, given: list[FloatArray], slots: list[IntArray]) -> list[IntArray]:
        own = {BY_UNSEEN: _any_slot(self, slots, 0), BY_COMPLETE: _incomplete(self, given, slots)}
        placed, start = [], 0
        for segment in self.plan.segments:
            if segment.name == BY_PREDICTION:
                own[BY_PREDICTION] = place_segment(segment, None, prediction)
            place = own[segment.name] if segment.hidden else _place(self, segment)
            placed.append(place + start)
            start += len(segment.levels)
        return placed


def _given(batch: BatchColumns, values: list[FloatArray]) -> list[FloatArray]:
    own = None if batch.lens.model else batch.lens.roles.prediction
    columns = (*batch.plan.numeric, batch.lens.roles.target, own)
    return [v if c is None else batch.as_given(c)[0] for c, v in zip(columns, values, strict=True)]


def _acted(batch: BatchColumns) -> Bools | None:
    if batch.lens.roles.acted is None:
        return None
    texts = batch.text(batch.lens.roles.acted)
    told = np.array([value.strip().lower() in ACTED for value in texts.values] + [False], dtype=np.bool_)
    return told[texts.codes]


def _previous(batch: BatchColumns) -> FloatArray | None:
    if batch.lens.previous is not None:
        return batch.lens.previous.score(batch.raw(batch.lens.previous.features)).prediction
    column = batch.lens.roles.previous
    return batch.number(column)[0] if column else None


def _benchmark(batch: BatchColumns, levels: list[IntArray]) -> FloatArray | None:
    if batch.lens.roles.benchmark:
        return batch.number(batch.lens.roles.benchmark)[0]
    if batch.lens.naive is None:
        return None
    if batch.lens.naive.segment is None:
        return np.full(batch.batch.num_rows, batch.lens.naive.means[0])
    names = [segment.name for segment in batch.plan.segments]
    index = names.index(batch.lens.naive.segment)
    start = sum(len(segment.levels) for segment in batch.plan.segments[:index])
    return batch.lens.naive.means[levels[index] - start]


def _place(batch: BatchColumns, segment: SegmentPlan) -> IntArray:
    if segment.cuts:
        return place_segment(segment, None, batch.as_given(segment.column)[0])
    return place_segment(segment, batch.text(segment.column), None)


def _any_slot(batch: BatchColumns, slots: list[IntArray], after: int) -> IntArray:
    found = np.zeros(batch.batch.num_rows, dtype=np.bool_)
    for codes, levels in zip(slots, batch.plan.levels, strict=True):
        found |= codes == len(levels) + after
    return found.astype(np.int64)


def _incomplete(batch: BatchColumns, given: list[FloatArray], slots: list[IntArray]) -> IntArray:
    found = _any_slot(batch, slots, 1) > 0
    for column in given[: len(batch.plan.numeric)]:
        found |= np.isnan(column)
    return found.astype(np.int64)
