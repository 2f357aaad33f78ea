"""Why the error changed: what other inputs and what a changed relation add to it, and predictions not the model's."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.estimates.baseline import error_before, margin_of, training_errors_serve, why_not
from generator.estimates.facts import NO_LABELS, target_unit
from generator.estimates.features import NO_DAYS, Groups, evidence, groups_of, measured, table
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import COLUMN
from generator.records.aggregates import FloatArray
from generator.records.cells import Contrast, HeldInputs, Repeated, Rescored
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.results.words import columns, quantities
from generator.stats.arrays import divide
from generator.stats.cluster import jackknife_variance
from generator.stats.distributions import t_quantile
from generator.stats.shape import course
from generator.subjects.causes._cause_contrast import ErrorSplit, split_of
from generator.subjects.causes._cause_parts import PARTS, Parts, parts_of
from generator.subjects.drift import on_calendar, shape_facts

QUANTITY = quantities(__file__)

SHAPE_MARGIN = 0.025
"""A level of daily errors is off from this share of the error before launch on."""
LABELS = {
    "inputs": "Other inputs",
    "new_categories": "New categories",
    "missing": "Missing values",
    "mix": "Other rows than in training",
    "relation": "Changed relation of inputs and outcome",
    "held": "Inputs that stand still or are copies",
    "repeated": "Repeated predictions",
}
MEANING = {
    "inputs": "Rows are of kinds that were always harder, or lie where the model knows little.",
    "new_categories": "Rows with such a category err otherwise, and there are more of them.",
    "missing": "Rows with more values missing err more, and there are more of them.",
    "mix": "There are more rows of the kinds that were always harder, or fewer of the easier ones.",
    "relation": "Rows like those before err otherwise than they did: the outcome now follows other rules.",
    "held": "The model was given inputs of an earlier time; the outcome follows those that nobody recorded.",
    "repeated": "Rows of different inputs have the same prediction: it is not what the model makes of them.",
}
EASED = {
    "inputs": "Rows are of kinds that were always easier, or lie where the model knows more.",
    "new_categories": "Rows with such a category err less than the others, or there are fewer of them.",
    "missing": "Fewer values are missing, or rows without them err less.",
    "mix": "There are more rows of the kinds that were always easier, or fewer of the harder ones.",
    "relation": "Rows like those before err less than they did.",
    "held": MEANING["held"],
    "repeated": MEANING["repeated"],
}
"""What a part means that takes off the error."""
OF_ASIDE = {
    "held": (QUANTITY("causes.held.rows"), QUANTITY("causes.held.usual")),
    "repeated": (QUANTITY("causes.repeated.rows"), QUANTITY("causes.repeated.usual")),
}
UNTOLD = "It cannot be told from nothing."
SHOWN = columns("cause: Cause", "value: Adds to the error", "share: Of the change (share)", "meaning: What it means")
LEVELS = columns("level: Level", "n: Rows (rows)", "value: Adds to the error")
STEPS = columns("step: Step", "value: Error, or what is added to it")
HEADS = {"causes.parts": SHOWN, "causes.levels": LEVELS, "causes.waterfall": STEPS}
TITLES = {
    "causes.parts": "Why the error changed",
    "causes.levels": "Where the relation changed",
    "causes.waterfall": "From the error before to the error now",
}
AGAINST = {
    "held_out": ("held-out rows", "Error on held-out rows", "Error now"),
    "first_third": (
        "the first third of the days",
        "Error in the first third of the days",
        "Error in the last third of the days",
    ),
    "training": ("training rows (approximate: a linear model of few parameters)", "Error before launch", "Error now"),
}
WEIGHTED = (
    "errors of {against} weighted to production's inputs by a classifier of second order that knows {unknown}; "
    "jackknife over {groups} groups, the classifier refitted, and day-to-day variation"
)
UNKNOWN = {True: "no row of the same entities", False: "none of the rows it weights (rows taken as independent)"}
"""Which rows the classifier did not learn from, with and without entities."""
CELLS = "Shapley values of cells of rows, from training errors raised to those of validation (approximate); {groups}"
ENTITIES = {
    "new_entities": "Rows now whose entity is not among the rows before",
    "unknown_before": "Rows before whose entity is not among the training rows",
    "unknown": "Rows now whose entity is not among the training rows",
}
ASIDE = {
    "held": "no input stands still or is copied that did not before",
    "repeated": "no prediction is shared by many rows that differ",
}
FEW = "too few rows with outcomes, days or entities for a comparison"


@dataclass(frozen=True, kw_only=True, eq=False)
class ToldParts:
    """A change of the error in parts, in the unit of the error: (value, half of its interval) by cause."""

    against: str
    before: float
    after: float
    parts: dict[str, tuple[float, float]]
    inputs: tuple[float, float]
    relation: tuple[float, float]
    change: tuple[float, float]
    levels: tuple[tuple[str, float, float, float], ...]
    """Level of the first segment, its rows, its part of the relation and half of the interval."""
    method: str
    held: HeldInputs | None = None
    repeated: Repeated | None = None
    ess: float = math.nan
    new_entities: float = math.nan
    unknown: tuple[float, float] = (math.nan, math.nan)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the parts of the change of the headline error, where the relation changed, and the course of the error."""
    head = head_of(ledger, target_unit(project))
    square = error_before(project, ledger)
    course_of = _course(project, ledger, head, square)
    stored = tuple(_rescored(ledger.rescored, head))
    told = _told(project, ledger, square)
    if told is None:
        reason = NO_LABELS if not _labelled(ledger) else f"{FEW}; {why_not(project)}"
        keys = (*LABELS, "before", "after", "change", "margin", "against", "ess", *ENTITIES)
        none = (missing(f"causes.{key}", reason, label=LABELS.get(key, key), unit=head.unit) for key in keys)
        tables = [table(id, TITLES[id], HEADS[id], (), reason=reason) for id in TITLES]
        return evidence((*none, *course_of, *stored), tables)
    made = {key: _part(key, told, head, *told.parts[key]) for key in told.parts}
    ends = tuple(_ends(told, head))
    facts = (*_facts(told, made, head, ledger), *ends, *course_of, *stored)
    tables = [_parts_table(told, made), _levels_table(ledger, told, head), _waterfall(told, made, ends)]
    return evidence(facts, tables)


def _labelled(ledger: Ledger) -> bool:
    losses = ledger.production.losses
    return losses is not None and bool(losses.group[:, COLUMN["n"]].sum() > 0)


def _told(project: Project, ledger: Ledger, square: float) -> ToldParts | None:
    """Return the change against held-out rows, else training cells where they serve, else the first third of days."""
    found = ledger.contrast
    if found is not None and found.against == "held_out":
        return _weighted(ledger, found)
    if training_errors_serve(project, ledger) and (found is None or found.held is None):
        groups = groups_of(ledger)
        parts = parts_of(ledger, square, groups)
        if parts is not None:
            return _cells(ledger, parts, groups)
    return None if found is None else _weighted(ledger, found)


def _weighted(ledger: Ledger, found: Contrast) -> ToldParts:
    split = split_of(ledger, found)
    scale, half = _scale(ledger, split), t_quantile(0.975, split.df)

    def told(part: tuple[float, float]) -> tuple[float, float]:
        return part[0] * scale, part[1] * half * scale

    return ToldParts(
        against=found.against,
        before=split.before,
        after=split.after,
        parts={"inputs": told(split.inputs), "relation": told(split.relation)}
        | {key: told(part) for key, part in split.asides.items()},
        inputs=told(split.inputs),
        relation=told(split.relation),
        change=told(split.total),
        levels=_levels(split.levels, split.level_rows, split.by_level * scale, split.level_se * half * scale),
        method=WEIGHTED.format(
            against=AGAINST[found.against][0],
            unknown=UNKNOWN[ledger.entity_groups],
            groups=found.left_out.shape[0],
        ),
        held=found.held,
        repeated=found.repeated,
        ess=found.ess,
        new_entities=found.new_entities if ledger.entity_groups else math.nan,
        unknown=found.unknown if ledger.entity_groups else (math.nan, math.nan),
    )


def _cells(ledger: Ledger, parts: Parts, groups: Groups) -> ToldParts:
    scale, half = _scale(ledger, parts), groups.quantile(0.975)

    def told(value: float, se: float) -> tuple[float, float]:
        return float(value) * scale, float(se) * half * scale

    return ToldParts(
        against="training",
        before=parts.before,
        after=parts.after,
        parts={key: told(parts.value[k], parts.se[k]) for k, key in enumerate(PARTS)},
        inputs=told(*parts.inputs),
        relation=told(parts.value[-1], parts.se[-1]),
        change=told(*parts.total),
        levels=_levels(parts.levels, parts.level_rows, parts.by_level * scale, parts.level_se * half * scale),
        method=CELLS.format(groups=groups.method),
    )


def _scale(ledger: Ledger, ends: ErrorSplit | Parts) -> float:
    """Return what turns parts of a mean squared error into parts of the error that add up just as exactly."""
    if ledger.plan.binary:
        return 1.0
    both = math.sqrt(max(ends.before, 0.0)) + math.sqrt(max(ends.after, 0.0))
    return 1.0 / both if both > 0 else math.nan


def _levels(
    names: tuple[str, ...], rows: FloatArray, value: FloatArray, half: FloatArray
) -> tuple[tuple[str, float, float, float], ...]:
    shown = len(names) > 1 and bool(np.isfinite(value).any())
    order = [int(k) for k in np.argsort(-value, kind="stable") if rows[k] > 0] if shown else []
    return tuple((names[k], float(rows[k]), float(value[k]), float(half[k])) for k in order)


def _part(
    key: str, told: ToldParts, head: Head, value: float, half: float, label: str = "", n: float | None = None
) -> Fact:
    return measured(
        f"causes.{key}",
        value,
        half=half,
        label=label or LABELS[key],
        unit=head.unit,
        method=told.method,
        n=n,
        reason="no rows on one side"
        if told.held is None and told.repeated is None
        else "too few rows are as they should be",
    )


def _ends(told: ToldParts, head: Head) -> Iterator[Fact]:
    power = 1.0 if head.metric.metric == "brier" else 0.5
    labels = AGAINST[told.against][1:]
    for key, value, label in zip(("before", "after"), (told.before, told.after), labels, strict=True):
        yield measured(f"causes.{key}", max(value, 0.0) ** power, label=label, unit=head.unit, method=told.method)


def _facts(told: ToldParts, made: dict[str, Fact], head: Head, ledger: Ledger) -> Iterator[Fact]:
    """Yield the parts, their sums, and what they were made from."""
    yield from made.values()
    if "inputs" not in made:
        yield _part(
            "inputs", told, head, *told.inputs, label="Inputs in all: new categories, missing values, other rows"
        )
    else:
        reason = "with rows, inputs are told together"
        yield from (missing(f"causes.{key}", reason, label=LABELS[key], unit=head.unit) for key in PARTS[:3])
    yield from _asides(told, head)
    yield _part("change", told, head, *told.change, label="Change of the error")
    margin = margin_of(ledger, told.before)
    yield measured(QUANTITY("causes.margin"), margin, unit=head.unit)
    against = AGAINST[told.against][0]
    yield Fact(id="causes.against", value=against, label="What the error is compared with", method=told.method)
    yield measured(QUANTITY("causes.ess"), told.ess)
    reason = "no entities are compared, or too many rows to look at all"
    for (key, label), value in zip(ENTITIES.items(), (told.new_entities, *told.unknown), strict=True):
        yield measured(f"causes.{key}", value, unit="share", label=label, reason=reason)


def _asides(told: ToldParts, head: Head) -> Iterator[Fact]:
    """Yield how many rows have inputs or predictions that are no sign of what they stand for, and how many had."""
    for key, found in (("held", told.held), ("repeated", told.repeated)):
        if found is None:
            yield missing(f"causes.{key}", ASIDE[key], label=LABELS[key], unit=head.unit)
        share, usual = (math.nan, math.nan) if found is None else (found.share, found.usual)
        yield measured(OF_ASIDE[key][0], share)
        yield measured(OF_ASIDE[key][1], usual)
    if told.held is None:
        yield missing("causes.held.inputs", ASIDE["held"], label=LABELS["held"])
    else:
        yield Fact(id="causes.held.inputs", value=", ".join(told.held.inputs) or "all inputs", label=LABELS["held"])


def _rescored(found: Rescored | None, head: Head) -> Iterator[Fact]:
    """Yield how far predictions in the column are not the model's, and what that adds to the error."""
    labels = {
        "predictions": "Predictions that are not the model's",
        "predictions.apart": "Rows whose stored prediction is not what the model says",
    }
    if found is None:
        reason = "the model was not opened, or no predictions stand beside it"
        yield from (missing(f"causes.{key}", reason, label=label) for key, label in labels.items())
        return
    power = 1.0 if head.metric.metric == "brier" else 0.5
    ends = np.concatenate([found.means[None], found.left_out]) ** power
    added = ends[:, 1] - ends[:, 0]
    half = t_quantile(0.975, found.left_out.shape[0] - 1.0) * math.sqrt(float(jackknife_variance(added[1:])))
    method = "stored predictions against those of the opened model, same rows"
    yield measured(
        "causes.predictions",
        float(added[0]),
        half=half,
        label=labels["predictions"],
        unit=head.unit,
        n=found.rows,
        method=method,
        reason=NO_LABELS,
    )
    yield measured(
        "causes.predictions.apart", found.apart, label=labels["predictions.apart"], unit="share", method=method
    )


def _parts_table(told: ToldParts, made: dict[str, Fact]) -> Table:
    """Return one row a part, the largest first."""
    order = _order(told)
    rows = [(LABELS[key], made[key], _share(key, told), _meaning(key, made[key])) for key in order]
    return table("causes.parts", TITLES["causes.parts"], SHOWN, rows, reason="")


def _meaning(key: str, part: Fact) -> str:
    """Return what a part means: of none that its range cannot tell from nothing, else by its sign."""
    if part.low is not None and part.high is not None and part.low <= 0 <= part.high:
        return UNTOLD
    return (MEANING if (part.number or 0.0) > 0 else EASED)[key]


def _order(told: ToldParts) -> list[str]:
    """Return the causes whose part is known, the largest first."""
    return sorted((key for key, part in told.parts.items() if math.isfinite(part[0])), key=lambda k: -told.parts[k][0])


def _share(key: str, told: ToldParts) -> Fact:
    change = told.change[0]
    return measured(
        QUANTITY("causes.{key}.share", key=key, labels=LABELS[key]),
        told.parts[key][0] / change if change > 0 else math.nan,
    )


def _waterfall(told: ToldParts, made: dict[str, Fact], ends: tuple[Fact, ...]) -> Table:
    """Return the error before, each part, the largest first, and the error now."""
    order = _order(told)
    rows: list[tuple[Cell, ...]] = [(ends[0].label, ends[0])]
    rows += [(LABELS[key], made[key]) for key in order]
    rows.append((ends[1].label, ends[1]))
    return table("causes.waterfall", TITLES["causes.waterfall"], STEPS, rows, reason="")


def _levels_table(ledger: Ledger, told: ToldParts, head: Head) -> Table:
    """Return the part of the changed relation by segment level, the largest first."""
    segment = next((one.name for one in ledger.plan.segments if not one.hidden), "")
    rows: list[tuple[Cell, ...]] = []
    for name, n, value, half in told.levels:
        key = f"relation.{segment_of(name)}"
        fact = _part(key, told, head, value, half, label=f"Changed relation, {name}", n=n)
        rows.append((f"{segment} {name}".strip(), measured(QUANTITY("{id}.n", id=fact.id, name=name), n), fact))
    reason = "" if rows else "no segment with rows enough in every kind"
    return table("causes.levels", TITLES["causes.levels"], LEVELS, rows, reason=reason)


def _course(project: Project, ledger: Ledger, head: Head, square: float) -> tuple[Fact, Fact]:
    """Return how the daily error came about, against that before launch, and the first day of a step."""
    losses, days = ledger.production.losses, ledger.production.days
    known, why = None, NO_LABELS
    if losses is not None and math.isfinite(square) and (days >= 0).any():
        power = 1.0 if ledger.plan.binary else 0.5
        mean = on_calendar(divide(losses.day[:, COLUMN["e2"]], losses.day[:, COLUMN["n"]]), days) ** power
        known, why = course(mean, square**power, SHAPE_MARGIN * square**power), "fewer than 14 days with outcomes"
    elif losses is not None:
        why = why_not(project) if not math.isfinite(square) else NO_DAYS
    return shape_facts(head.id("course"), "of the error", known, days, why)


ANALYSIS = Analysis(id="causes", title="Why the error changed", run=run)
