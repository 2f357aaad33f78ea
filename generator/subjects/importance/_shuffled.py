"""Takes what a model loses when inputs are shuffled, gives the tables of what it listens to."""

import math

from generator.estimates.facts import number
from generator.estimates.headline import Head
from generator.records.cells import Shuffled
from generator.records.evidence import Evidence
from generator.records.fact import facts_of, missing, segment_of
from generator.records.named import PROJECT
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Column, Table
from generator.results.words import quantities
from generator.stats.distributions import t_quantile

QUANTITY = quantities(__file__)

TOP = 10
METHOD = "the input shuffled over a sample of {rows} labelled rows; {groups} {of} left out of both sides"
GROUPS = {True: "groups of entities", False: "groups of rows (rows taken as independent)"}
TITLES = {"top": "The ten features the model listens to most", "all": "All features by importance"}
NO_COEFFICIENTS = "the model has no coefficients: its effects are what shuffling costs"
NOT_LOOKED = "looked at again are the 50 inputs that matter most"
ALIKE = "its values differ little from day to day, so that within a day it acts as over the window"
NOT_PUT_BACK = lacking("needs training rows", "data.reference", file=PROJECT)


def told(project: Project, found: Shuffled, square: float, head: Head, unit: str, *, entities: bool) -> Evidence:
    """Return the importance of every input; `square` is the mean squared error as it is."""
    total = sum(max(value, 0.0) for value in found.rise)
    rows = [_row(project, found, k, square, total, head, unit, GROUPS[entities]) for k in range(len(found.features))]
    facts = tuple(fact for fact in facts_of(tuple(rows)) if not fact.id.endswith(".rank"))
    log_odds = missing("importance.log_odds", NO_COEFFICIENTS, label="Effects are counted in log-odds")
    tables = tuple(
        _table(name, part, head, of_days=found.of_days) for name, part in (("top", rows[:TOP]), ("all", rows))
    )
    return Evidence(facts=(log_odds, *facts), tables=tables)


def _row(
    project: Project, found: Shuffled, k: int, square: float, total: float, head: Head, unit: str, of: str
) -> tuple[Cell, ...]:
    name = found.features[k]
    id, method = f"importance.{segment_of(name)}", METHOD.format(rows=found.rows, groups=found.groups, of=of)
    half = t_quantile(0.975, found.groups - 1.0) * float(found.rise_se[k]) if found.groups > 1 else math.nan
    ends = [_error(square, float(found.rise[k]) + step, head) for step in (0.0, -half, half)]
    partners = ", ".join(found.partners[k])
    source = next((f.source or "" for f in project.settings.data.features if f.name == name), "")
    values = {
        "loss": (ends[0], head.unit, f"Rise of the error with {name} shuffled", ends[1], ends[2], NOT_LOOKED),
        "loss_together": (
            _error(square, float(found.together[k]), head),
            head.unit,
            f"The same, shuffled with what goes along: {partners or 'nothing'}",
            math.nan,
            math.nan,
            NOT_LOOKED,
        ),
        "moved": (
            float(found.moved[k]),
            unit,
            f"Mean prediction, moved by the drift of {name}",
            math.nan,
            math.nan,
            NOT_PUT_BACK,
        ),
        "loss_moved": (
            _error(square, float(found.loss_moved[k]), head),
            head.unit,
            f"Error, moved by the drift of {name}",
            math.nan,
            math.nan,
            NOT_PUT_BACK,
        ),
    }
    if found.of_days:
        rise, label = float(found.within[k]), f"Rise of the error with {name} shuffled within each day"
        values["loss_within_days"] = (_error(square, rise, head), head.unit, label, math.nan, math.nan, ALIKE)
    facts = [
        number(
            f"{id}.{key}", value, label=label, unit=unit_of, low=low, high=high, n=found.rows, method=method, reason=why
        )
        for key, (value, unit_of, label, low, high, why) in values.items()
    ]
    share = max(float(found.rise[k]), 0.0) / total if total else math.nan
    of_all = number(QUANTITY("{id}.share", id=id, name=name), share)
    return number(QUANTITY("{id}.rank", id=id), k + 1.0), name, *facts, of_all, source


def _error(square: float, rise: float, head: Head) -> float:
    """Return the rise of the headline error that a rise of the mean squared error makes."""
    if not head.ratio.root:
        return rise
    return math.sqrt(max(square + rise, 0.0)) - math.sqrt(square)


def _table(name: str, rows: list[tuple[Cell, ...]], head: Head, *, of_days: bool) -> Table:
    columns = (
        Column(key="rank", label="Rank"),
        Column(key="feature", label="Feature"),
        Column(key="loss", label="Error rises when shuffled", unit=head.unit),
        Column(key="loss_together", label="With what goes along", unit=head.unit),
        Column(key="moved", label="Drift moves the mean prediction by"),
        Column(key="loss_moved", label="Drift moves the error by", unit=head.unit),
        *((Column(key="within", label="When shuffled within days", unit=head.unit),) if of_days else ()),
        Column(key="share", label="Share", unit="share"),
        Column(key="source", label="Source"),
    )
    return Table(id=f"importance.{name}", title=TITLES[name], columns=columns, rows=tuple(rows))
