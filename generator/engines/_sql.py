"""Takes columns of a table and their types, gives the SQL that reads them as numbers, texts, outcomes and days."""

import re
from collections.abc import Callable, Iterable, Mapping

from generator.engines import DAY, DELAY, HOUR, LabelTable, OutcomeTexts, Scan, text_name
from generator.engines._times import NUMBERS, WHOLE, moment, quoted
from generator.records.project import Csv

KEY, ARRIVED, PLACE = "\ue000key", "\ue000arrived", "\ue000place"
CURRENCIES = "$€£¥"
FRACTIONS = (NUMBERS - WHOLE) | {"DECIMAL"}


def name(column: str) -> str:
    """Return the identifier of a column: names that differ in case alone are two columns, and DuckDB sees one."""
    return f'"c{column.encode().hex()}"'


def text(column: str, kind: str) -> str:
    """Return a column as text: whole numbers without a fraction, truth values as pandas writes them."""
    plain = f"CAST({name(column)} AS VARCHAR)"
    if kind == "BOOLEAN":
        return f"CASE WHEN {name(column)} THEN 'True' WHEN NOT {name(column)} THEN 'False' END"
    if kind.partition("(")[0] not in FRACTIONS:
        return plain
    value = f"CAST({name(column)} AS DOUBLE)"
    whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
    plain = plain if kind in {"FLOAT", "DOUBLE"} else f"CAST({value} AS VARCHAR)"
    return (
        f"CASE WHEN isnan({value}) THEN NULL WHEN isinf({value}) THEN {plain}"
        f" WHEN {value} = trunc({value}) AND abs({value}) < 1e15 THEN {whole} ELSE {plain} END"
    )


def key_text(column: str, kind: str) -> str:
    """Return a column as the text by which rows of two tables meet: `101` and `101.0` are one key."""
    if kind != "VARCHAR":
        return text(column, kind)
    return rf"regexp_replace(trim({name(column)}), '^(-?[0-9]+)\.0+$', '\1')"


def filled(column: str, kind: str) -> str:
    """Return the SQL that is true where a column holds something that could be a number or a date."""
    return f"nullif(trim({name(column)}), '') IS NOT NULL" if kind == "VARCHAR" else f"{name(column)} IS NOT NULL"


def number(column: str, kind: str, csv: Csv | None) -> str:
    """Return a column as a number, null where it is none; `csv` says how numbers are written where they are text."""
    if kind == "FLOAT":  # a 32-bit float stands for the shortest decimal that it is the nearest to
        return f"TRY_CAST(CAST({name(column)} AS VARCHAR) AS DOUBLE)"
    if kind != "VARCHAR":
        return f"TRY_CAST({name(column)} AS DOUBLE)"
    csv = csv or Csv()
    written = _written(name(column), csv)
    if csv.decimal == "." and csv.thousands is None:
        return f"coalesce(TRY_CAST({name(column)} AS DOUBLE), {written})"
    return written


def codes(column: str, kind: str, *, typed: bool) -> str:
    """Return the SQL of whether digits are codes: some have a leading zero, or a `typed` file calls them texts."""
    if kind != "VARCHAR":
        return "false"
    zeros = rf"coalesce(bool_or(regexp_matches({name(column)}, '^\s*0[0-9]')), false)"
    return f"({zeros} OR bool_and(regexp_full_match({name(column)}, '[0-9]+')))" if typed else zeros


def strict_number(column: str, kind: str, csv: Csv | None) -> str:
    """Return a column as a number; fails on what is none."""
    value = number(column, kind, csv)
    failed = f"CAST({name(column)} || ' is no number' AS DOUBLE)"
    if kind != "VARCHAR":
        return value if kind in NUMBERS else f"CAST({name(column)} AS DOUBLE)"
    return f"CASE WHEN ({filled(column, kind)}) AND {value} IS NULL THEN {failed} ELSE {value} END"


def outcome(column: str, kind: str, said: OutcomeTexts) -> str:
    """Return a column as 1 or 0 by the values that count as such, null without a value, NaN for any other value.

    Values are compared as texts without the blanks around them and in small letters, and as numbers.
    """
    held = f"({filled(column, kind)})"
    if kind in FRACTIONS:
        held = f"({held} AND NOT isnan({name(column)}))"
    happened = _is_one_of(column, kind, (said.positive,), said)
    otherwise = _is_one_of(column, kind, said.negative, said) if said.negative else "true"
    return f"CASE WHEN NOT {held} THEN NULL WHEN {happened} THEN 1.0 WHEN {otherwise} THEN 0.0 ELSE 'NaN'::DOUBLE END"


def day(scan: Scan, kind: str, *, strict: bool) -> str:
    """Return the scan's time column, of type `kind`, as days since 1970; a strict one fails on what is no time."""
    assert scan.time is not None
    date = moment(name(scan.time), kind, scan.time_format, scan.zone, "DATE")
    days = f"date_diff('day', DATE '1970-01-01', {date})::INTEGER"
    return _or_failed(scan.time, kind, date, days) if strict else days


def hour(scan: Scan, kind: str) -> str:
    """Return the scan's time column as whole hours since 1970; fails on what is no time."""
    assert scan.time is not None
    time = moment(name(scan.time), kind, scan.time_format, scan.zone, "TIMESTAMP")
    return _or_failed(scan.time, kind, time, f"date_diff('hour', TIMESTAMP '1970-01-01', {time})::INTEGER")


def columns(scan: Scan, csv: Csv | None, kinds: Mapping[str, str]) -> str:
    """Return what a scan reads, in the order of `fields`."""
    joined = scan.labels.name if scan.labels else None
    kind = kinds[scan.time] if scan.time else ""
    value = number if scan.lenient else strict_number
    parts = [name(c) if c == joined else _value(c, kinds[c], scan.outcomes.get(c), csv, value) for c in scan.numeric]
    parts += [text(c, kinds[c]) for c in scan.text]
    parts += [day(scan, kind, strict=not scan.lenient)] if scan.time else []
    parts += [hour(scan, kind)] if scan.time and scan.hours else []
    if scan.time and scan.labels and scan.labels.arrived:
        parts += [f"{name(ARRIVED)} - {day(scan, kind, strict=True)}"]
    return ", ".join(f"{part} AS o{place}" for place, part in enumerate(parts)) or "1 AS o0"


def fields(scan: Scan) -> list[str]:
    """Return the names that a batch of the scan has."""
    names = [*scan.numeric, *(text_name(scan, c) for c in scan.text)]
    names += [DAY] if scan.time else []
    names += [HOUR] if scan.time and scan.hours else []
    names += [DELAY] if scan.time and scan.labels and scan.labels.arrived else []
    return names or ["one"]


def with_labels(
    rows: str,
    own: Mapping[str, str],
    labelled: str,
    found: Mapping[str, str],
    labels: LabelTable,
    csv: Csv | None,
    day: str,
) -> str:
    """Return the SQL of `rows`, in their order, beside the last label of each key; `day` is when one arrived."""
    kept = ", ".join(f"p.{name(c)}" for c in own if c != labels.name)
    value = _value(labels.target, found[labels.target], labels.outcome, csv)
    last = (
        f"SELECT {key_text(labels.key, found[labels.key])} AS {name(KEY)},"
        f" arg_max({value}, {name(PLACE)}) AS {name(labels.name)}, arg_max({day}, {name(PLACE)}) AS {name(ARRIVED)}"
        f" FROM (SELECT *, row_number() OVER () AS {name(PLACE)} FROM {labelled}) GROUP BY 1"
    )
    shown = f"{kept}, l.{name(labels.name)}, l.{name(ARRIVED)}"
    same = f"{_of('p', key_text(labels.key, own[labels.key]), labels.key)} = l.{name(KEY)}"
    return f"(SELECT {shown} FROM {rows} p LEFT JOIN ({last}) l ON {same})"


def same_key(labels: LabelTable, found: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Return the SQL that joins labels `l` and rows `p`."""
    one, other = (key_text(labels.key, kinds[labels.key]) for kinds in (found, own))
    return f"{_of('l', one, labels.key)} = {_of('p', other, labels.key)}"


def _of(table: str, expression: str, column: str) -> str:
    return expression.replace(name(column), f"{table}.{name(column)}")


def _value(
    column: str,
    kind: str,
    said: OutcomeTexts | None,
    csv: Csv | None,
    read: Callable[[str, str, Csv | None], str] = strict_number,
) -> str:
    return read(column, kind, csv) if said is None else outcome(column, kind, said)


def _is_one_of(column: str, kind: str, values: Iterable[str], said: OutcomeTexts) -> str:
    told = text(column, kind) if kind != "VARCHAR" else f"trim({name(column)})"
    fold = (lambda value: value) if said.case_matters else str.lower
    told = told if said.case_matters else f"lower({told})"
    texts = ", ".join(quoted(fold(value.strip())) for value in values)
    numbers = ", ".join(repr(value) for value in map(number_in, values) if value is not None)
    alike = f" OR TRY_CAST({name(column)} AS DOUBLE) IN ({numbers})" if numbers else ""
    return f"coalesce({told} IN ({texts}){alike}, false)"


def number_in(written: str) -> float | None:
    """Return the number that a text holds; None of one that is none, or too large to be meant."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None


def _written(column: str, csv: Csv) -> str:
    """Return texts as numbers: signs between thousands, one sign of money, % for hundredths, (5) for -5."""
    decimal, grouped = re.escape(csv.decimal), ""
    plain = f"regexp_replace({column}, '[{CURRENCIES}%()\\s]', '', 'g')"
    if csv.thousands:
        grouped = f"[0-9]{{1,3}}({re.escape(csv.thousands)}[0-9]{{3}})+|"
        plain = f"replace({plain}, {quoted(csv.thousands)}, '')"
    plain = f"replace({plain}, {quoted(csv.decimal)}, '.')" if csv.decimal != "." else plain
    digits = rf"[-+]?\s*({grouped}[0-9]*)({decimal}[0-9]*)?"
    money = rf"\s*[-+]?\s*[{CURRENCIES}]?\s*{digits}\s*[{CURRENCIES}%]?\s*"
    pattern = rf"{money}|\({money}\)|\s*{digits}([eE][-+]?[0-9]+)?\s*|(?i:nan|-?inf(inity)?)"
    sign = f"CASE WHEN {column} LIKE '%(%' THEN -1.0 ELSE 1.0 END"
    part = f"CASE WHEN {column} LIKE '%\\%%' ESCAPE '\\' THEN 100.0 ELSE 1.0 END"
    value = f"{sign} * TRY_CAST({plain} AS DOUBLE) / {part}"
    return f"CASE WHEN regexp_full_match({column}, {quoted(pattern)}) THEN {value} END"


def _or_failed(column: str, kind: str, moment: str, number: str) -> str:
    failed = f"CAST('no time: ' || CAST({name(column)} AS VARCHAR) AS INTEGER)"
    return f"CASE WHEN ({filled(column, kind)}) AND {moment} IS NULL THEN {failed} ELSE {number} END"
