"""What the columns are taken for → nothing, or an InputError for rows of another shape than this program reads."""

import re
from collections.abc import Sequence

from generator.errors import InputError
from generator.load.outcome import GuessedOutcome
from generator.records.inspection import HORIZON, InspectedColumn, Leads, plain

LISTS = re.compile(r"(?:^|_)(?:query|qid|search|session|impression|list|slate|request)(?:_(?:id|uuid|key|no|number))?$")
PLACES = re.compile(r"(?:^|_)(?:rank|ranking|position|pos|slot|relevance)(?:_|$)")
QUANTILE = re.compile(r"(?:^|_)(?:q|p|quantile|pctl|percentile|perc)_?(?:0_?)?\d{1,3}$")
BOUND = re.compile(
    r"^(?:lower|upper|lo|hi)(?:_(?:bound|limit|ci|pi|\d{2}))?$|(?:^|_)(?:pi|ci)_(?:low|lower|high|upper)$"
)
PREDICTION = re.compile(r"(?:^|_)(?:y_?hat|y_pred|pred|predicted|predictions?|forecast|estimated?|fitted)(?:_|$)")
FIGURES = re.compile(r"\d+")
MANY = 2
CLASSES = (3, 10)


def check_shape(
    columns: Sequence[InspectedColumn], prediction: str | None, outcome: GuessedOutcome, leads: Sequence[Leads] = ()
) -> None:
    """Raise InputError for ranked lists, forecasts of several horizons, and what is no probability of an outcome.

    `columns` are those that have no role of their own yet: a column that is excluded is none of them.
    """
    _check_lists(columns)
    _check_horizons(columns, leads)
    if prediction is not None:
        _check_several(columns, prediction)
    found = next((c for c in columns if c.name == prediction), None)
    if found is not None and outcome.task == "binary":
        _check_probability(found)


def is_quantile(column: InspectedColumn, prediction: str) -> bool:
    """Return whether a column is a quantile or a bound of a forecast, by its name or that and the prediction's."""
    name = plain(column.name)
    own = re.sub(rf"(?:^|_){re.escape(plain(prediction))}(?:_|$)", "_", name)
    bare = PREDICTION.sub("_", own.strip("_")).strip("_")
    return column.kind == "number" and bool(QUANTILE.search(name) or BOUND.search(name) or BOUND.search(bare))


def may_be_classes(target: InspectedColumn, prediction: InspectedColumn | None) -> bool:
    """Return whether the numbers of a target may be names of classes: a few from 0 or 1 on, told by probabilities."""
    found = sorted(map(_number, target.levels or ()))
    named = CLASSES[0] <= len(found) <= CLASSES[1] and found in ([*range(len(found))], [*range(1, len(found) + 1)])
    low, high = (prediction.span if prediction else None) or (0.0, 2.0)
    return named and low >= 0.0 and high <= 1.0


def _check_lists(columns: Sequence[InspectedColumn]) -> None:
    lists = next((c.name for c in columns if LISTS.search(plain(c.name)) and not c.unique), None)
    places = next((c.name for c in columns if PLACES.search(plain(c.name)) and c.kind == "number"), None)
    if lists and places:
        raise InputError(
            f"the rows look like ranked lists: {places} is a place within {lists}",
            where="data.production",
            hint="how good a ranking is cannot be told here; give the probability or the amount that each row was "
            f"ranked by as the prediction, or say that they are no lists with --exclude {places}",
        )


def _check_horizons(columns: Sequence[InspectedColumn], leads: Sequence[Leads]) -> None:
    found = [
        Leads(issued=column.name, ahead=column.levels)
        for column in columns
        if HORIZON.search(plain(column.name)) and column.levels and len(column.levels) >= MANY
    ]
    for one in (*found, *leads):
        raise InputError(
            one.told,
            where="data.production",
            hint=f"{one.cure}, or say that it is no horizon with --exclude {one.issued}",
        )


def _check_several(columns: Sequence[InspectedColumn], prediction: str) -> None:
    """Raise InputError where other columns predict too: another outcome that stands there, or another horizon."""
    numbers = {c.name: plain(c.name) for c in columns if c.kind == "number" and c.name != prediction}
    truths = {PREDICTION.sub("_", name).strip("_"): own for own, name in numbers.items() if PREDICTION.search(name)}
    others = [word for own, name in numbers.items() if name in truths for word in (own, truths[name])]
    if others:
        what, why = "another outcome", "a dossier is of one"
    else:
        stem = FIGURES.sub("", plain(prediction))
        others = [own for own, name in numbers.items() if FIGURES.search(name) and FIGURES.sub("", name) == stem]
        what, why = "the same outcome for another horizon, or by another version", "errors of each are its own"
    if others:
        leave = " ".join(f"--exclude {name}" for name in others)
        raise InputError(
            f"beside {prediction}, {', '.join(others)} look like predictions of {what}",
            where="data.production",
            hint=f"{why}: build one of each, this one with {leave}",
        )


def _check_probability(column: InspectedColumn) -> None:
    if column.levels and set(map(_number, column.levels)) <= {0.0, 1.0}:
        raise InputError(
            f"{column.name} holds {' and '.join(column.levels)} alone: decisions, not probabilities",
            where="data.prediction",
            hint="give the probability of the outcome, such as predict_proba(rows)[:, 1], with --prediction",
        )
    low, high = column.span or (0.0, 1.0)
    if low < 0.0 or high > 1.0:
        odd = high if high > 1.0 else low
        raise InputError(
            f"{column.name} holds {odd:g}, and a probability lies between 0 and 1",
            where="data.prediction",
            hint="divide scores of a hundred by 100; of other scores give the probability that the model works out",
        )


def _number(level: str) -> float:
    try:
        return float(level)
    except ValueError:
        return {"true": 1.0, "false": 0.0}.get(level.strip().lower(), 2.0)
