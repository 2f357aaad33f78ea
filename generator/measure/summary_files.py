"""Takes a file of training statistics other than the program's own, an R list or a CSV, gives its summaries."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from generator.errors import InputError
from generator.measure.frame import LARGEST
from generator.measure.summaries import NOTHING, Summaries, Summary
from generator.scorer.r_values import RValue
from generator.scoring.rds import read_r

Record = dict[str, str | float | None]
"""What is told of one feature, by column; several records of a feature each tell one of its levels."""

NAMES = {
    "feature": ("feature", "name", "column", "variable"),
    "mean": ("mean", "average"),
    "sd": ("sd", "std", "stdev", "standard_deviation"),
    "low": ("min", "minimum", "low"),
    "high": ("max", "maximum", "high"),
    "missing": ("missing_rate", "missing_share", "missing", "na_rate", "null_rate"),
    "rows": ("rows", "n", "count"),
    "level": ("level", "value", "category"),
    "share": ("share", "proportion", "frequency", "level_count"),
}
"""What the program calls a statistic: the words for it in files."""
WORDS = {word: key for key, words in NAMES.items() for word in words}
QUANTILE = re.compile(r"[pqx]?_?(\d+(?:\.\d+)?)\s*%?")
HINT = "a row a feature with mean, sd, missing_rate, quantiles such as p10; n says how many rows they are of"
SUFFIXES = (".rds", ".csv", ".tsv", ".txt")


def is_summary(name: str) -> bool:
    """Return whether a file's name says that it is read here."""
    return PurePath(name).suffix.lower() in SUFFIXES


def read_summaries(content: bytes, name: str, target: str) -> Summaries:
    """Return the summaries of a statistics file; raises InputError when it holds none."""
    if PurePath(name).suffix.lower() == ".rds":
        return _of_list(read_r(content, name), name, target)
    return _summaries(list(_rows_of_csv(content, name)), name, target)


def _rows_of_csv(content: bytes, name: str) -> Iterator[Record]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
        if None in row:
            raise InputError("a line has more fields than the header", where=name, hint=HINT)
        yield {key: value or None for key, value in row.items() if key}


def _of_list(value: RValue, name: str, target: str) -> Summaries:
    parts = value.parts()
    if "data.frame" in value.classes:
        return _summaries(list(_rows_of_frame(parts)), name, target)
    features = tuple(text or "" for text in parts["features"].texts) if "features" in parts else ()
    records: dict[str, Record] = {feature: {"feature": feature} for feature in features}
    for key, part in parts.items():
        if key == "quantiles":
            _add_matrix(records, part, features)
        elif key == "levels":
            continue
        elif key not in ("features", "n", "rows") and part.kind == "numbers" and WORDS.get(key.lower()):
            for feature, number in zip(part.names or features, part.numbers.tolist(), strict=False):
                records.setdefault(feature, {"feature": feature})[key] = number
    rows = next((float(parts[key].numbers[0]) for key in ("n", "rows") if key in parts), None)
    of_target = {key: _first(parts.get(f"target_{key}")) for key in ("mean", "sd")}
    made = [*records.values(), *_levels_of_list(parts), {"feature": target, **of_target}]
    return _summaries([{**record, "rows": rows} for record in made], name, target)


def _first(value: RValue | None) -> float | None:
    return None if value is None or not value.numbers.size else float(value.numbers[0])


def _add_matrix(records: dict[str, Record], matrix: RValue, features: tuple[str, ...]) -> None:
    """Add a matrix of quantiles: one way round its names are probabilities, the other way features."""
    names = [item.texts for item in matrix.attributes["dimnames"].items] if "dimnames" in matrix.attributes else []
    if len(names) != 2:
        return
    table = matrix.numbers.reshape(len(names[0]), len(names[1]), order="F")
    if all(_probability(text) is None for text in names[0]):
        names, table = [names[1], names[0]], table.T
    for label, row in zip(names[0], table, strict=True):
        for feature, number in zip(names[1] or features, row.tolist(), strict=False):
            records.setdefault(feature or "", {"feature": feature})[label or ""] = number


def _levels_of_list(parts: Mapping[str, RValue]) -> Iterator[Record]:
    for feature, counts in parts["levels"].parts().items() if "levels" in parts else ():
        dimension = counts.attributes.get("dimnames")
        names = dimension.items[0].texts if dimension is not None else counts.names
        for level, number in zip(names, counts.numbers.tolist(), strict=False):
            yield {"feature": feature, "level": level, "share": number}


def _rows_of_frame(parts: Mapping[str, RValue]) -> Iterator[Record]:
    columns = {key: part.levels_of_factor() or tuple(part.numbers.tolist()) for key, part in parts.items()}
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def _summaries(records: list[Record], name: str, target: str) -> Summaries:
    told = [_told(record, name) for record in records]
    features: dict[str, list[Record]] = {}
    for record in told:
        if record.get("feature"):
            features.setdefault(str(record["feature"]), []).append(record)
    if not features:
        raise InputError("the training statistics name no feature", where=name, hint=HINT)
    counts = [n for record in told if isinstance(n := record.get("rows"), float)]
    rows = max(counts, default=0.0)
    if counts and not rows >= 1:
        raise InputError("the training statistics are of no rows", where=name, hint=HINT)
    made = {feature: _summary(feature, found) for feature, found in features.items()}
    for feature, found in features.items():
        if wrong := _impossible(made[feature], found, rows):
            raise InputError(f"the training statistics of {feature} cannot be: {wrong}", where=name, hint=HINT)
    return Summaries(
        rows=round(rows), target=made.get(target), features={key: one for key, one in made.items() if key != target}
    )


def _impossible(told: Summary, records: Sequence[Record], rows: float) -> str:
    """Return what no table can have told; nothing where all of it can be."""
    numbers = [told.mean, told.sd, told.low, told.high, *told.quantiles.values(), *told.levels.values(), rows]
    rising = [told.low, *(told.quantiles[share] for share in sorted(told.quantiles)), told.high]
    rising = [number for number in rising if not math.isnan(number)]
    if len([record for record in records if record.get("mean") is not None and not record.get("level")]) > 1:
        return "they stand there twice"
    if any(abs(number) > LARGEST for number in numbers):
        return f"a number lies beyond {LARGEST:g}"
    if told.sd < 0:
        return "sd is below 0"
    if not (math.isnan(told.missing) or 0 <= told.missing <= 1):
        return f"missing_rate is {told.missing:g}, no share between 0 and 1"
    return "quantiles fall, or leave min and max" if rising != sorted(rising) else ""


def _told(record: Record, name: str) -> Record:
    """Return a record under the program's own words, its quantiles under `p` and the probability."""
    made: Record = {}
    for column, value in record.items():
        key = WORDS.get(column.strip().lower())
        probability = None if key else _probability(column)
        if key in ("feature", "level"):
            made[key] = None if value is None else str(value)
        elif key or probability is not None:
            made[key or f"p{probability}"] = _number(value, f"{column} of {record.get('feature', '')}", name)
    return made


def _number(value: str | float | None, what: str, name: str) -> float | None:
    if value is None or isinstance(value, float):
        return None if value is None or math.isnan(value) else value
    text = value.strip()
    if text.lower() in ("", "na", "nan", "null"):
        return None
    try:
        return float(text if "." in text else text.replace(",", "."))
    except ValueError as error:
        raise InputError(f"{what} is no number: {text!r}", where=name, hint=HINT) from error


def _probability(label: str | None) -> float | None:
    if label is not None and label.strip().lower() == "median":
        return 0.5
    match = QUANTILE.fullmatch((label or "").strip().lower())
    share = float(match[1]) / 100.0 if match else 2.0
    return share if share <= 1.0 else None


def _summary(feature: str, records: Iterable[Record]) -> Summary:
    records = list(records)
    whole: Record = {key: value for record in records for key, value in record.items() if value is not None}
    numbers = {key: value for key, value in whole.items() if isinstance(value, float)}
    levels = {str(r["level"]): float(r["share"] or 0.0) for r in records if r.get("level") and "share" in r}
    return Summary(
        name=feature,
        mean=numbers.get("mean", NOTHING),
        sd=numbers.get("sd", NOTHING),
        low=numbers.get("low", NOTHING),
        high=numbers.get("high", NOTHING),
        missing=numbers.get("missing", NOTHING),
        quantiles={float(key[1:]): value for key, value in numbers.items() if re.fullmatch(r"p[\d.e-]+", key)},
        levels={level: share for level, share in levels.items() if share > 0},
    )
