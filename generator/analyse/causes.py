"""Why the error changed: what other rows, missing values, new categories and a changed relation each add to it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.analyse._cause_parts import PARTS, Parts, in_errors, parts_of
from generator.analyse._drift_shape import on_calendar, shape_facts
from generator.analyse._facts import NO_LABELS, not_told, target_unit
from generator.analyse._features import NO_DAYS, Groups, columns, evidence, groups_of, measured, table
from generator.analyse._headline import Head, head_of
from generator.analyse._intervals import COLUMN
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.stats.arrays import divide
from generator.stats.shape import course

SHAPE_MARGIN = 0.025
"""A level of daily errors is off from this share of the validation error on."""
LABELS = {
    "new_categories": "Categories that training never saw",
    "missing": "Missing values",
    "mix": "Other rows than in training",
    "relation": "Changed relation of inputs and outcome",
}
MEANING = {
    "new_categories": "Rows with such a category err otherwise, and there are more of them.",
    "missing": "Rows with more values missing err more, and there are more of them.",
    "mix": "There are more rows of the kinds that were always harder, or fewer of the easier ones.",
    "relation": "Rows like those of training err otherwise than they did: the outcome now follows other rules, "
    "or inputs moved in ways that these groups of rows do not show.",
}
SHOWN = columns("cause: Cause", "value: Adds to the error", "share: Of the change (share)", "meaning: What it means")
LEVELS = columns("level: Level", "n: Rows (rows)", "value: Adds to the error")
STEPS = columns("step: Step", "value: Error, or what is added to it")
HEADS = {"causes.parts": SHOWN, "causes.levels": LEVELS, "causes.waterfall": STEPS}
TITLES = {
    "causes.parts": "Why the error changed",
    "causes.levels": "Where the relation changed",
    "causes.waterfall": "From the error before launch to the error now",
}
BEFORE, NOW = "Error before launch", "Error now"
STALE = "the training statistics were made without it: profile the training rows again"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the parts of the change of the headline error, where the relation changed, and the course of the error."""
    head, groups = head_of(ledger, target_unit(project)), groups_of(ledger)
    objectives = project.settings.objectives.metrics
    validation = next((one.validation for one in objectives if one.metric == head.metric.metric), None)
    square = None if validation is None else validation if ledger.plan.binary else validation**2
    course_of = _course(ledger, head, square)
    parts = parts_of(ledger, square, groups)
    if parts is None:
        reason = _why(ledger)
        keys = (*PARTS, "inputs", "before", "after", "change")
        none = (missing(f"causes.{key}", reason, label=LABELS.get(key, key), unit=head.unit) for key in keys)
        return evidence((*none, *course_of), [table(id, TITLES[id], HEADS[id], (), reason=reason) for id in TITLES])
    scale = 1.0 if ledger.plan.binary else in_errors(parts)
    told = Told(parts, scale, head, groups, _first(ledger), declared=validation is not None)
    tables = (told.parts_table(), told.levels_table(), told.waterfall())
    return evidence((*told.facts(), *course_of), tables)


def _first(ledger: Ledger) -> str:
    """Return the segment by whose levels the relation is told."""
    return next((segment.name for segment in ledger.plan.segments if not segment.hidden), "")


def _why(ledger: Ledger) -> str:
    causes, reference = ledger.production.causes, ledger.reference
    if causes is None or not causes.sums[..., 0].sum() > 0:
        return NO_LABELS
    if reference is None or reference.losses is None:
        return not_told(ledger)
    return STALE if reference.causes is None else "the training statistics hold no errors of the model"


class Told:
    """The parts as facts and rows, in the unit of the error."""

    def __init__(self, parts: Parts, scale: float, head: Head, groups: Groups, segment: str, *, declared: bool) -> None:
        self.parts, self.scale, self.head, self.groups, self.segment = parts, scale, head, groups, segment
        self.quantile = groups.quantile(0.975)
        start = "the error in validation" if declared else "the error on the training rows, which flatters a model"
        self.method = f"Shapley values of cells of rows, from {start}; {groups.method}"
        self.made = {key: self._fact(key, LABELS[key], parts.value[k], parts.se[k]) for k, key in enumerate(PARTS)}
        power = 1.0 if head.metric.metric == "brier" else 0.5
        self.before, self.after = (
            measured(f"causes.{key}", max(value, 0.0) ** power, label=label, unit=head.unit, method=self.method)
            for key, value, label in (("before", parts.before, BEFORE), ("after", parts.after, NOW))
        )

    def _fact(self, key: str, label: str, value: float, se: float, n: float | None = None) -> Fact:
        return measured(
            f"causes.{key}",
            float(value) * self.scale,
            half=self.quantile * float(se) * self.scale,
            label=label,
            unit=self.head.unit,
            method=self.method,
            n=n,
            reason="no rows on one side",
        )

    def facts(self) -> Iterator[Fact]:
        """Yield the parts, their sums, and the other ways to divide the change."""
        parts = self.parts
        yield from self.made.values()
        yield self._fact("inputs", "Inputs in all: new categories, missing values, other rows", *parts.inputs)
        yield self._fact("change", "Change of the error", *parts.total)
        yield from (self.before, self.after)
        yield measured(
            "causes.scale",
            parts.scale,
            label="Factor that raises training errors to those of validation",
            method="squared errors, the same factor for every kind of row",
        )
        yield measured(
            "causes.cells",
            parts.cells,
            unit="count",
            label="Kinds of rows compared",
            method="new categories × missing values × predicted level × first segment",
        )
        yield from self._others()

    def _others(self) -> Iterator[Fact]:
        shifted, rates = self.parts.shifted, self.parts.rates
        other = (
            ("covariate_frequent", shifted.frequent, "Rows that were always there, more of the hard ones"),
            ("concept", shifted.relation, "Relation changed, on rows that both sides have"),
            ("covariate_rare", shifted.rare, "Rows that were rare in training"),
        )
        for key, value, label in other:
            yield measured(
                f"causes.{key}",
                value * self.scale,
                label=label,
                unit=self.head.unit,
                method="by way of the rows that both sides share (DISDE) on cells",
                reason="no kind of row is on both sides",
            )
        for key, values, label in (
            ("kitagawa.mix", rates.mix, "Mix of predicted level and segment"),
            ("kitagawa.within", rates.within, "Within predicted level and segment"),
        ):
            yield measured(
                f"causes.{key}",
                float(np.sum(values)) * self.scale,
                label=label,
                unit=self.head.unit,
                method="Kitagawa, both sides weighted alike",
            )

    def parts_table(self) -> Table:
        """Return one row a part, the largest first."""
        order = np.argsort(-self.parts.value, kind="stable")
        return table("causes.parts", TITLES["causes.parts"], SHOWN, (self._row(int(k)) for k in order), reason="")

    def _row(self, k: int) -> tuple[Cell, ...]:
        key, change = PARTS[k], self.parts.total[0]
        share = measured(
            f"causes.{key}.share",
            float(self.parts.value[k]) / change if change > 0 else math.nan,
            unit="share",
            label=f"{LABELS[key]}, of the change",
            reason="the error has not grown",
        )
        return (LABELS[key], self.made[key], share, MEANING[key])

    def waterfall(self) -> Table:
        """Return the error before launch, each part, the largest first, and the error now."""
        parts = [(LABELS[PARTS[k]], self.made[PARTS[k]]) for k in np.argsort(-self.parts.value, kind="stable")]
        rows = [(BEFORE, self.before), *parts, (NOW, self.after)]
        return table("causes.waterfall", TITLES["causes.waterfall"], STEPS, rows, reason="")

    def levels_table(self) -> Table:
        """Return the part of the changed relation by segment level, the largest first."""
        parts = self.parts
        shown = [k for k in np.argsort(-parts.by_level, kind="stable") if parts.level_rows[k] > 0]
        reason = "" if len(parts.levels) > 1 else "no segment with rows enough in every kind"
        rows = (self._level(int(k)) for k in shown) if not reason else ()
        return table("causes.levels", TITLES["causes.levels"], LEVELS, rows, reason=reason)

    def _level(self, k: int) -> tuple[Cell, ...]:
        parts, name = self.parts, self.parts.levels[k]
        n = float(parts.level_rows[k])
        fact = self._fact(
            f"relation.{segment_of(name)}", f"Changed relation, {name}", parts.by_level[k], parts.level_se[k], n
        )
        return (f"{self.segment} {name}".strip(), measured(f"{fact.id}.n", n, unit="rows", label=f"Rows, {name}"), fact)


def _course(ledger: Ledger, head: Head, square: float | None) -> tuple[Fact, Fact]:
    """Return how the daily error came about, against that of validation, and the first day of a step."""
    losses, days = ledger.production.losses, ledger.production.days
    known, why = None, NO_LABELS
    if losses is not None and square is not None and (days >= 0).any():
        power = 1.0 if ledger.plan.binary else 0.5
        mean = on_calendar(divide(losses.day[:, COLUMN["e2"]], losses.day[:, COLUMN["n"]]), days) ** power
        known, why = course(mean, square**power, SHAPE_MARGIN * square**power), "fewer than 14 days with outcomes"
    elif losses is not None:
        why = "no error before launch is declared" if square is None else NO_DAYS
    return shape_facts(head.id("course"), "of the error", known, days, why)


ANALYSIS = Analysis(id="causes", title="Why the error changed", run=run)
