"""Takes the described features, gives every validation rule: limits as numbers, a value it lets pass, one it stops."""

import json
import math
from collections.abc import Iterator

from generator.records.cells import is_rejection
from generator.records.fact import Sentence
from generator.records.project import Project
from generator.records.reason import UNDECLARED
from generator.records.rules import OF_KEYS, least_rows
from generator.records.table import Cell, Table
from generator.results.words import tables
from generator.subjects.features._spec import Described, allowed_words, field, owner_of
from generator.subjects.kit.facts import declared
from generator.subjects.limits.quantities import target_unit

TABLE = tables(__file__)

NO_RULES = "no feature has a range, limit or levels"
UNKNOWN_LEVELS = "one of the levels of training, which this build does not know"
KIND = 3
"""Place of a rule's kind in its row."""
ROWS = 1_000
"""Rows of the sample of a rule on missing values."""
RATES = (
    ("missing_alert", "warning", "missing rate a day at most (alert)", "tell the owner"),
    (
        "missing_stop",
        "error",
        "missing rate a day at most (stop)",
        "use the feature no more that day, and tell the owner at once",
    ),
)
KEYS = (
    ("twice", "a key stands in a request once", '{"KEY": 1}', '{"KEY": 1, "KEY": 1}'),
    ("unknown", "every key of a request is a feature", '{"KEY": 1}', '{"KEY": 1, "no_feature": 1}'),
)


def rules_tables(every: tuple[Described, ...], project: Project) -> tuple[Table, Table]:
    """Return all rules, and the first of each kind."""
    made = [row for one in every for row in _of_feature(one, project)] + list(_of_output(project))
    made += _of_keys(every[0].feature.name) if made else []
    firsts = {row[KIND]: row for row in reversed(made)}
    examples = [row for row in made if firsts[row[KIND]] is row]
    return (
        TABLE("features.rules", made, reason=NO_RULES),
        TABLE("features.rules.examples", examples, reason=NO_RULES),
    )


def _of_feature(one: Described, project: Project) -> Iterator[tuple[Cell, ...]]:
    feature = one.feature
    head = f"FR-{feature.name}"
    if one.kind == "categorical":
        severity = _severity(feature.when_unseen if one.levels else UNDECLARED, bool(one.levels))
        yield f"{head}-levels", feature.name, "row", "levels", severity, *_levels(one)
    elif one.low.number is not None or one.high.number is not None:
        rule: Sentence = (*allowed_words(one), f" ({one.basis})")
        breach = feature.when_out_of_range or UNDECLARED
        samples = _samples(one.low.number, one.high.number)
        severity = _severity(breach, one.basis == "declared")
        what = (rule, one.low, one.high, "", breach, *samples)
        yield f"{head}-range", feature.name, "row", "range", severity, *what
    if feature.when_missing:
        severity = _severity(feature.when_missing, True)
        asked = ("the row has a value", "", "", "", feature.when_missing, "any value", "null")
        yield f"{head}-missing", feature.name, "row", "missing", severity, *asked
    for key, severity, words, breach in RATES:
        limit = getattr(feature, key)
        if limit is not None:
            id, fact = f"{head}-{key.replace('_', '-')}", field(project, one, key, "share")
            told = f"{breach}: {owner_of(one)}"
            rule = (f"{words} ", fact, f", from {least_rows(limit):,} rows of it on")
            yield id, feature.name, "day", key, severity, rule, "", fact, "", told, *_counted(limit)


def _of_keys(name: str) -> list[tuple[Cell, ...]]:
    """Return the rules on the keys of a request, with samples that name a feature."""
    samples = ((key, words, *(one.replace("KEY", name) for one in sides)) for key, words, *sides in KEYS)
    return [
        (f"FR-request-{key}", "", "request", OF_KEYS, "error", words, "", "", "", "reject the request", passes, breaks)
        for key, words, passes, breaks in samples
    ]


def _severity(action: str | None, promised: bool) -> str:
    """Return how grave a breach is; what training shows and nobody promised is told only."""
    if not promised:
        return "info"
    return "error" if is_rejection(action or "") else "warning"


def _levels(one: Described) -> tuple[Cell, ...]:
    """Return rule, limits, breach and samples of a category; a space behind a level makes another one of it."""
    breach = one.feature.when_unseen or UNDECLARED
    if not one.levels:
        return (UNKNOWN_LEVELS, "", "", "", breach, "", "")
    unknown = f"{max(one.levels, key=len)} "
    known = json.dumps(one.levels, ensure_ascii=False)
    rule = f"one of {', '.join(one.levels)}"
    return (rule, "", "", known, breach, _written(one.levels[0]), _written(unknown))


def _samples(low: float | None, high: float | None) -> tuple[str, str]:
    """Return the edges of a range, which pass, and a value beyond one of them."""
    edges = [edge for edge in (low, high) if edge is not None]
    far = edges[-1]
    step = max(1.0, abs(far)) / 100
    return " and ".join(map(_written, edges)), _written(round(far + (step if high is not None else -step), 6))


def _counted(limit: float) -> tuple[str, str]:
    rows = max(ROWS, least_rows(limit))
    most = math.floor(limit * rows + 1e-9)
    return f"{most:,} of {rows:,} rows missing", f"{most + 1:,} of {rows:,} rows missing"


def _written(value: float | str) -> str:
    """Return a value as JSON, whole numbers without a decimal point."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return json.dumps(int(value) if whole else value, ensure_ascii=False)


def _of_output(project: Project) -> Iterator[tuple[Cell, ...]]:
    objectives, unit = project.settings.objectives, target_unit(project)
    low, high = (
        declared(project, f"declared.objectives.{key}", getattr(objectives, key), f"objectives.{key}", unit=unit)
        for key in ("output_low", "output_high")
    )
    bounds = (objectives.output_low, objectives.output_high)
    if bounds == (None, None):
        return
    rule: Sentence = (low, " to ", high)
    if None in bounds:
        rule = ("at most ", high) if objectives.output_low is None else ("at least ", low)
    what: tuple[Cell, ...] = ("FR-output-range", "prediction", "prediction", "output", "error", rule, low, high, "")
    yield *what, "reject the prediction", *_samples(*bounds)
