"""An inspected table and what the caller said of it → the role of every column, with the reason for each guess."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.errors import InputError, Problem
from generator.load.keys import nearest
from generator.load.ours import PREDICTION, check_shape, is_quantile, may_be_classes
from generator.load.outcome import GuessedOutcome, outcome
from generator.records.inspection import InspectedColumn, Inspection, Leads, Said, plain

TARGETS = ("target", "y", "y_true", "label", "actual", "truth", "ground_truth", "outcome", "response")
PROBABILITY = re.compile(r"(?:^|_)(?:proba|probability|prob)(?:_|$)")
TIME = re.compile(r"(?:^|_)(?:date|day|time|datetime|timestamp|ts|at)(?:_|$)")
YEAR = re.compile(r"^(?:[a-z]+_)?(?:year|yr)$")
YEARS = (1900, 2100)
SECONDS = (946_684_800, 4_102_444_800)
"""Since 1970: the years 2000 to 2100."""
IDENTITY = re.compile(r"(?:^|_)(?:id|uuid|guid|key|number|no)$")
ENTITIES = re.compile(
    r"(?:customer|client|user|account|patient|household|product|item|sku|asin|article|store|shop|branch|merchant|vendor"
    r"|hotel|room|listing|property|courier|driver|vehicle|device|machine|sensor|station|agent|employee|company)"
    r"(?:_(?:id|uuid|key|code|number|no|name))?"
)
NUMBER = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?")
FORMS = "say how they are written: --time-format DD/MM/YYYY, DD-MMM-YYYY, YYYYMMDD, `epoch seconds` and the like"
EXPLAINED = 0.02
"""The least share of an outcome's spread that its predictions explain; of what they do not predict it is below 0."""
LEAST, MOST, SPLITS = 2, 20, 4
"""Levels of a segment, and how many segments are guessed at most."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A key of the project file that nobody said, what was written, and why."""

    key: str
    value: str
    why: str


@dataclass(frozen=True, kw_only=True)
class KnownColumns:
    """What is known beside the rows: features the model or the statistics name, training columns, possible splits."""

    features: tuple[str, ...] = ()
    trained: tuple[InspectedColumn, ...] = ()
    splits: tuple[str, ...] | None = None
    classifier: bool | None = None
    """What the model is; None where it was not opened, or there is none."""
    closed: str | None = None
    """The digest of a model file that runs code and was not opened."""
    explained: Callable[[str, tuple[InspectedColumn, ...]], Mapping[str, float]] = lambda prediction, columns: {}
    """(column of predictions, columns) → how much of the spread of each the predictions explain."""


@dataclass(frozen=True, kw_only=True)
class Roles:
    """What each column is; every guess with its reason."""

    target: str
    outcome: GuessedOutcome
    prediction: str | None
    time: str | None
    time_format: str | None
    entity: str | None
    segments: tuple[InspectedColumn, ...]
    features: tuple[InspectedColumn, ...]
    exclude: tuple[str, ...]
    guesses: tuple[Guess, ...]


def guess(table: Inspection, said: Said, known: KnownColumns) -> Roles:
    """Return the roles of a table's columns; an InputError says what has to be said, or cannot be done."""
    _check(table, said)
    rest = {c.name: c for c in table.columns if c.name not in {*known.features, *said.exclude, *_named(said)}}
    guesses: list[Guess] = []

    def settle(key: str, spoken: str | None, found: tuple[str, str] | None) -> str | None:
        if spoken is None and found:
            guesses.append(Guess(key=key, value=found[0], why=found[1]))
            rest.pop(found[0])
        return spoken or (found[0] if found else None)

    time = settle("data.time", said.time, _time(tuple(rest.values())))
    form = _form(table, time, said)
    wants = said.model is None and said.prediction is None
    probable = said.positive is not None or _two(table, said.target)
    prediction = settle("data.prediction", said.prediction, _prediction(rest, probable) if wants else None)
    if prediction is None and said.model is None:
        raise InputError(
            "there is neither a model nor a column of predictions",
            hint="give --model FILE, or name the column with --prediction COL",
        )
    pool = () if said.target else _pool(tuple(rest.values()), known)
    target = settle("data.target", said.target, _target(pool, prediction, known))
    if target is None:
        raise _no_target(pool, known)
    found = outcome(
        next(c for c in table.columns if c.name == target),
        said.positive,
        bool(known.classifier),
        negative=said.negative,
        trained=next((c for c in known.trained if c.name == target), None),
    )
    guesses += _outcomes(found, said)
    guesses += _classes({c.name: c for c in table.columns}, target, prediction, found)
    free = tuple(c for c in table.columns if c.name in rest or c.name in (prediction, said.entity))
    check_shape(free, prediction if said.model is None else None, found, _leads(table, said, known))
    entity = settle("data.entity", said.entity, _entity(tuple(rest.values())))
    roles = {target, prediction, time, entity}
    useless = tuple(_useless(tuple(c for c in rest.values() if c.name not in known.features), known, prediction))
    guesses += useless
    exclude = (*said.exclude, *(each.value for each in useless))
    features = _features(table, known, {*roles, *exclude})
    segments = _segments(table, said, known, {*roles, *exclude})
    guesses += _written(table, features, time)
    if segments and not said.segments:
        names = ", ".join(c.name for c in segments)
        guesses.append(Guess(key="data.segments", value=names, why=f"texts with {LEAST} to {MOST} levels"))
    return Roles(
        target=target,
        outcome=found,
        prediction=prediction,
        time=time,
        time_format=form,
        entity=entity,
        segments=segments,
        features=features,
        exclude=said.exclude if known.features else exclude,
        guesses=tuple(each for each in guesses if not (known.features and each.key == "data.exclude")),
    )


def _leads(table: Inspection, said: Said, known: KnownColumns) -> tuple[Leads, ...]:
    """Return several horizons of which neither column is the model's or excluded."""
    apart = {*known.features, *said.exclude}
    return tuple(one for one in table.leads if not {one.issued, one.target} & apart)


def _named(said: Said) -> tuple[str, ...]:
    return tuple(name for name in (said.target, said.prediction, said.time, said.entity) if name)


def unknown(said: Said, names: Sequence[str]) -> tuple[Problem, ...]:
    """Return a problem for every column that was said and is not among `names`."""
    return tuple(
        Problem(
            what=f"there is no column {name}",
            hint=f"did you mean {near}?" if near else f"there are {', '.join(names[:20])}",
        )
        for name in (*_named(said), *said.segments, *said.exclude)
        if name not in names
        for near in [nearest(name, names)]
    )


def _check(table: Inspection, said: Said) -> None:
    """Raise an InputError for every column that was said and is not there."""
    problems = unknown(said, [column.name for column in table.columns])
    kinds = {column.name: column.kind for column in table.columns}
    problems += tuple(
        Problem(what=f"the column {name} holds {kinds[name]}s that are no {wanted}", hint=hint)
        for name, kind, wanted, hint in (
            (None if said.time_format else said.time, "time", "dates", FORMS),
            (said.prediction, "number", "numbers", "of a classifier name the column with its probabilities"),
        )
        if name in kinds and kinds[name] != kind
    )
    if problems:
        raise InputError(problems[0].what, problems=problems)


def _time(columns: Sequence[InspectedColumn]) -> tuple[str, str] | None:
    dates = [c for c in columns if c.kind == "time"]
    named = [c for c in dates if TIME.search(plain(c.name))]
    first = next(iter((*named, *dates)), None)
    if first is None:
        counted = (c for c in columns if c.kind == "number" and TIME.search(plain(c.name)) and _is_epoch(c))
        return next(((c.name, "its numbers count from 1970") for c in counted), None)
    form = f": {first.forms[0]}, such as {first.shown}" if len(first.forms) == 1 else ""
    return first.name, f"its texts are dates{form}"


def _is_epoch(column: InspectedColumn) -> bool:
    """Return whether numbers lie where seconds or milliseconds since 1970 lie today."""
    low, high = column.span or (0.0, 0.0)
    return any(SECONDS[0] * unit <= low <= high <= SECONDS[1] * unit for unit in (1, 1000))


def _outcomes(found: GuessedOutcome, said: Said) -> Iterator[Guess]:
    """Yield what was taken for the outcome that counts as 1, and for the other."""
    if found.negative and not said.negative:
        others = ", ".join(found.negative)
        yield Guess(key="data.negative", value=others, why="the other outcome; what is neither is none")
    if found.why:
        value = found.task if found.positive is None else f"{found.task}, {found.positive} counts as 1"
        yield Guess(key="data.task", value=value, why=found.why)


def _classes(
    columns: Mapping[str, InspectedColumn], target: str, prediction: str | None, found: GuessedOutcome
) -> Iterator[Guess]:
    """Yield that a target is taken for amounts where its numbers may be names of classes."""
    if found.task == "regression" and may_be_classes(columns[target], columns.get(prediction or "")):
        levels = ", ".join(columns[target].levels or ())
        why = f"{levels} are taken for amounts; of classes hold one against the others: --positive ONE --negative OTHER"
        yield Guess(key="data.task", value="regression", why=why)


def _form(table: Inspection, time: str | None, said: Said) -> str | None:
    """Return how the times are written; raises InputError where their values leave it open."""
    column = next((c for c in table.columns if c.name == time), None)
    if said.time_format or column is None or not column.forms:
        return said.time_format
    if len(column.forms) > 1:
        raise InputError(
            f"the dates of {time}, such as {column.shown}, read as {' and as '.join(column.forms)}",
            hint=f"say which with --time-format {column.forms[0]}",
        )
    return column.forms[0]


def _written(table: Inspection, features: Sequence[InspectedColumn], time: str | None) -> Iterator[Guess]:
    """Yield how columns are read whose values are not plain: markers, signs of money, codes, years."""
    there = {c.name: c for c in table.columns}
    for column in table.columns:
        if column.markers:
            texts = ", ".join(column.markers)
            yield Guess(key="data.missing_in", value=f"{column.name}: {texts}", why="all its other values are numbers")
    for column in features:
        if time is None and YEAR.search(plain(column.name)) and _are_years(there.get(column.name)):
            why = f"taken for an input; if it is when the rows are of: --time {column.name} --time-format YYYY"
            yield Guess(key="data.features", value=column.name, why=why)
        seen = there.get(column.name, column)
        if column.kind == "number" and seen.shown and not seen.forms:
            why = f"read as numbers, such as {seen.shown}; of a hundred where a % stands behind"
            yield Guess(key="data.features", value=column.name, why=why)
        if seen.odd:
            yield _taken_for_texts(seen.name, *seen.odd)
        if column.kind == "text" and column.codes:
            yield Guess(
                key="data.features",
                value=column.name,
                why="whole numbers in training, and levels of a category here: codes",
            )


def _are_years(column: InspectedColumn | None) -> bool:
    low, high = (column.span if column else None) or (0.0, 0.0)
    return YEARS[0] <= low <= high <= YEARS[1]


def _taken_for_texts(name: str, values: int, one: str, what: str) -> Guess:
    """Return what is said of a feature whose few odd values make texts of it, and what to do about it."""
    odd = f"1 value is none: {one!r}" if values == 1 else f"{values:,} values are none, such as {one!r}"
    why = f"a category, though nearly all are {what}: {odd}; if it means no value, name it under data.missing_in"
    return Guess(key="data.features", value=name, why=why)


def _two(table: Inspection, target: str | None) -> bool:
    """Return whether the target that was said has two values."""
    return any(c.name == target and c.levels is not None and len(c.levels) <= LEAST for c in table.columns)


def _prediction(rest: Mapping[str, InspectedColumn], probable: bool) -> tuple[str, str] | None:
    """Return a column of predictions by its name, of two outcomes one of probabilities, else one of values."""
    numbers = [c.name for c in rest.values() if c.kind == "number"]
    named = [name for name in numbers if PREDICTION.search(plain(name))]
    chances = [name for name in numbers if PROBABILITY.search(plain(name))]
    values = [name for name in named if name not in chances]
    return next(((name, "its name") for name in (*(chances if probable else ()), *values, *named)), None)


def _pool(columns: Sequence[InspectedColumn], known: KnownColumns) -> tuple[InspectedColumn, ...]:
    """Return the columns that may be the outcome: training has them, and the model predicts their kind."""
    trained = {c.name for c in known.trained}
    two = known.classifier
    return tuple(
        c
        for c in columns
        if not trained or c.name in trained
        if two is None or (c.levels is not None if two else c.kind == "number" or not known.features)
        if _can_be_truth(c)
    )


def _target(pool: Sequence[InspectedColumn], prediction: str | None, known: KnownColumns) -> tuple[str, str] | None:
    """Return the outcome by its name, else the only column that is left, else the one that predictions explain."""
    meant = PREDICTION.sub("_", plain(prediction)).strip("_") if prediction else ""
    for name in (meant, *TARGETS):
        for column in pool:
            if name and plain(column.name) == name:
                return column.name, "its name"
    if known.features and len(pool) == 1:
        return pool[0].name, "the only column left that the model does not take"
    found = known.explained(prediction or "", tuple(pool))
    ranked = sorted(((found.get(c.name, -1.0), c.name) for c in pool), reverse=True)
    best, others = ranked[:1], ranked[1:2]
    if not best or best[0][0] < EXPLAINED or (others and others[0][0] > best[0][0] / 2):
        return None
    beside = f", and {others[0][0]:.0%} of {others[0][1]}, the next" if others and others[0][0] > 0 else ""
    return best[0][1], f"the predictions explain {best[0][0]:.0%} of its spread{beside}"


def _no_target(pool: Sequence[InspectedColumn], known: KnownColumns) -> InputError:
    some = ", ".join(c.name for c in pool) or "none that it could be"
    hint = f"name it with --target; there are {some}"
    if known.closed:
        hint += f"; or, if you know who made the model, have it opened and asked: --trust {known.closed}"
    return InputError("no column looks like the truth", hint=hint)


def _can_be_truth(column: InspectedColumn) -> bool:
    identity = IDENTITY.search(plain(column.name)) or ENTITIES.fullmatch(plain(column.name))
    classes = column.levels is not None and LEAST <= len(column.levels) <= MOST
    return not identity and (column.kind == "number" or (column.kind == "text" and classes))


def _entity(columns: Sequence[InspectedColumn]) -> tuple[str, str] | None:
    many = [c.name for c in columns if c.kind != "time" and not c.unique and (c.levels is None or len(c.levels) > MOST)]
    for pattern, why in ((ENTITIES.fullmatch, "its name"), (IDENTITY.search, "its name ends like that of a key")):
        for name in many:
            if pattern(plain(name)):
                return name, f"{why}, and its values come again"
    return None


def _useless(columns: Sequence[InspectedColumn], known: KnownColumns, prediction: str | None) -> Iterator[Guess]:
    """Yield columns that no model can learn from: keys of single rows, more dates, what training did not have."""
    trained = {c.name for c in known.trained}
    decided = PROBABILITY.sub("_", plain(prediction)).strip("_") if prediction else ""
    for column in columns:
        key = column.kind == "text" or IDENTITY.search(plain(column.name))
        reasons = {
            "the training rows do not have it": trained and column.name not in trained,
            "it has no name: numbers of rows, or nothing": column.name.startswith("Unnamed: "),
            "dates are no feature as they are": column.kind == "time",
            "no value comes twice": column.unique and key,
            "it is empty": column.levels == (),
            f"what {prediction} was made into": plain(column.name) == decided,
            "a probability beside the prediction is no input": prediction and _is_chance(column, prediction),
            "a quantile or bound of a forecast is no input": prediction and is_quantile(column, prediction),
        }
        for why in [reason for reason, holds in reasons.items() if holds][:1]:
            yield Guess(key="data.exclude", value=column.name, why=why)


def _is_chance(column: InspectedColumn, prediction: str) -> bool:
    """Return whether a column is a probability, of another class, where the prediction is one."""
    return column.kind == "number" and all(PROBABILITY.search(plain(name)) for name in (column.name, prediction))


def _features(table: Inspection, known: KnownColumns, taken: set[str | None]) -> tuple[InspectedColumn, ...]:
    """Return the features, of the kind that training saw."""
    trained, found = ({c.name: c for c in columns} for columns in (known.trained, table.columns))
    names = known.features or tuple(c.name for c in table.columns if c.name not in taken)
    return tuple(_feature(trained.get(name), found.get(name)) for name in names)


def _feature(trained: InspectedColumn | None, found: InspectedColumn | None) -> InspectedColumn:
    """Return a feature of the kind that training saw; whole numbers there and other texts here are codes.

    Raises InputError where training saw numbers of many values and the rows hold texts among them.
    """
    one = trained or found
    assert one is not None
    if trained is None or found is None or (trained.kind, found.kind) != ("number", "text") or found.levels == ():
        return one
    if trained.codes:
        return replace(trained, kind="text")
    odd = next((level for level in found.levels or () if not NUMBER.fullmatch(level.strip())), "")
    texts = f"texts such as {odd!r}" if odd else "texts"
    raise InputError(
        f"{one.name} holds numbers in the training rows and {texts} in production",
        hint=f"mend the values, leave them empty, or leave the column out with --exclude {one.name}",
    )


def _segments(
    table: Inspection, said: Said, known: KnownColumns, taken: set[str | None]
) -> tuple[InspectedColumn, ...]:
    if said.segments:
        return tuple(next(c for c in table.columns if c.name == name) for name in said.segments)
    can = {c.name for c in known.trained} or {c.name for c in table.columns}
    fitting = (
        c
        for c in table.columns
        if c.kind == "text" and c.levels is not None and LEAST <= len(c.levels) <= MOST and c.name not in taken
        if c.name in can and (known.splits is None or c.name in known.splits)
    )
    return tuple(fitting)[:SPLITS]
