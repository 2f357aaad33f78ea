"""Takes columns of a table, gives the SQL that reads them as numbers, texts and days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from generator.engines import DAY, DELAY, HOUR, Labels, Scan
from generator.records.project import Csv

EPOCH = {"epoch seconds": 1.0, "epoch milliseconds": 1000.0}
TOKENS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
DOTTED = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
KEY, ARRIVED = "\ue000key", "\ue000arrived"
NUMBERS = {"BIGINT", "INTEGER", "HUGEINT", "UBIGINT", "UINTEGER", "DOUBLE", "FLOAT"}

Moment = Literal["DATE", "TIMESTAMP"]


def name(column: str) -> str:
    """Return a column's name, quoted."""
    return '"' + column.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def text(column: str) -> str:
    """Return a column as text."""
    return f"CAST({name(column)} AS VARCHAR)"


def number(column: str, csv: Csv | None, cast: str = "TRY_CAST") -> str:
    """Return a column as a number; `csv` says how numbers are written where they are text."""
    if csv is None or (csv.decimal == "." and csv.thousands is None):
        return f"{cast}({name(column)} AS DOUBLE)"
    decimal, grouped = re.escape(csv.decimal), ""
    plain = f"replace({name(column)}, {quoted(csv.decimal)}, '.')"
    if csv.thousands:
        grouped = f"[0-9]{{1,3}}({re.escape(csv.thousands)}[0-9]{{3}})+|"
        taken_out = f"replace({name(column)}, {quoted(csv.thousands)}, '')"
        plain = f"replace({taken_out}, {quoted(csv.decimal)}, '.')"
    pattern = rf"\s*[-+]?({grouped}[0-9]*)({decimal}[0-9]*)?([eE][-+]?[0-9]+)?\s*|(?i:nan)"
    whole = f"CASE WHEN regexp_full_match({name(column)}, {quoted(pattern)}) THEN {plain}"
    return f"{cast}({whole} ELSE {name(column)} || ' is no number' END AS DOUBLE)"


def outcome(column: str, positive: str) -> str:
    """Return a column as 1 where it holds `positive`, as text or as the same number, and as 0 where another value."""
    number = f"TRY_CAST({name(column)} AS DOUBLE) = TRY_CAST({quoted(positive)} AS DOUBLE)"
    same = f"coalesce({text(column)} = {quoted(positive)} OR {number}, false)"
    return f"CASE WHEN {name(column)} IS NULL THEN NULL WHEN {same} THEN 1.0 ELSE 0.0 END::DOUBLE"


def day(scan: Scan, kind: str, *, strict: bool) -> str:
    """Return the scan's time column, of type `kind`, as days since 1970; a strict one fails on what is no time."""
    assert scan.time is not None
    column = name(scan.time)
    date = _moment(column, kind, scan, "DATE")
    days = f"date_diff('day', DATE '1970-01-01', {date})::INTEGER"
    return _or_failed(scan.time, date, days) if strict else days


def hour(scan: Scan, kind: str) -> str:
    """Return the scan's time column as whole hours since 1970; fails on what is no time."""
    assert scan.time is not None
    time = _moment(name(scan.time), kind, scan, "TIMESTAMP")
    return _or_failed(scan.time, time, f"date_diff('hour', TIMESTAMP '1970-01-01', {time})::INTEGER")


def _or_failed(column: str, moment: str, number: str) -> str:
    failed = f"CAST('no time: ' || {text(column)} AS INTEGER)"
    return f"CASE WHEN {name(column)} IS NOT NULL AND {moment} IS NULL THEN {failed} ELSE {number} END"


def columns(scan: Scan, csv: Csv | None, kind: str) -> str:
    """Return what a scan reads, under the names that a batch has."""
    joined = scan.labels.name if scan.labels else None
    parts = [f"{name(c) if c == joined else _value(c, scan.outcomes.get(c), csv)} AS {name(c)}" for c in scan.numeric]
    parts += [f"{text(c)} AS {name(c)}" for c in scan.text]
    parts += [f"{day(scan, kind, strict=True)} AS {name(DAY)}"] if scan.time else []
    parts += [f"{hour(scan, kind)} AS {name(HOUR)}"] if scan.time and scan.hours else []
    if scan.time and scan.labels and scan.labels.arrived:
        parts += [f"{name(ARRIVED)} - {day(scan, kind, strict=True)} AS {name(DELAY)}"]
    return ", ".join(parts) or "1 AS one"


def with_labels(rows: str, own: Iterable[str], labelled: str, labels: Labels, csv: Csv | None, arrived: str) -> str:
    """Return the SQL of `rows`, in their order, beside the last label of each key; `arrived` is a day."""
    kept = ", ".join(f"p.{name(c)}" for c in own if c != labels.name)
    target = f"arg_max({_value(labels.target, labels.positive, csv)}, place) AS {name(labels.name)}"
    key = text(labels.key)
    last = (
        f"SELECT {key} AS {name(KEY)}, {target}, arg_max({arrived}, place) AS {name(ARRIVED)}"
        f" FROM (SELECT *, row_number() OVER () AS place FROM {labelled}) GROUP BY 1"
    )
    columns = f"{kept}, l.{name(labels.name)}, l.{name(ARRIVED)}"
    same = f"CAST(p.{name(labels.key)} AS VARCHAR) = l.{name(KEY)}"
    return f"(SELECT {columns} FROM {rows} p LEFT JOIN ({last}) l ON {same})"


def _value(column: str, positive: str | None, csv: Csv | None) -> str:
    return number(column, csv, "CAST") if positive is None else outcome(column, positive)


def _moment(column: str, kind: str, scan: Scan, to: Moment) -> str:
    zone = quoted(scan.zone)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(timezone({zone}, {column}) AS {to})"
    if kind in NUMBERS or scan.time_format in EPOCH:
        return _from_epoch(f"TRY_CAST({column} AS DOUBLE)", zone, EPOCH.get(scan.time_format or ""), to)
    if kind != "VARCHAR":
        return f"TRY_CAST({column} AS {to})"
    if scan.time_format:
        return f"CAST(try_strptime({column}, {quoted(_strptime(scan.time_format))}) AS {to})"
    dotted = ", ".join(quoted(form) for form in DOTTED)
    return (
        f"CASE WHEN regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN TRY_CAST({column} AS {to})"
        rf" WHEN regexp_matches({column}, '^[0-9]{{4}}-.*[0-9]{{2}}:[0-9]{{2}}.*(Z|[-+][0-9]{{2}}(:?[0-9]{{2}})?)$')"
        f" THEN CAST(timezone({zone}, TRY_CAST({column} AS TIMESTAMPTZ)) AS {to})"
        f" WHEN regexp_full_match({column}, '[0-9]{{10}}(\\.[0-9]+)?|[0-9]{{13}}')"
        f" THEN {_from_epoch(f'TRY_CAST({column} AS DOUBLE)', zone, None, to)}"
        rf" WHEN regexp_matches({column}, '^[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}}')"
        f" THEN CAST(try_strptime({column}, [{dotted}]) AS {to})"
        f" WHEN regexp_matches({column}, '^[0-9]{{4}}[-/]') THEN CAST(TRY_CAST({column} AS TIMESTAMP) AS {to})"
        f" WHEN regexp_full_match({column}, '(?i)-?infinity') THEN TRY_CAST({column} AS {to}) END"
    )


def _from_epoch(value: str, zone: str, per_second: float | None, to: Moment) -> str:
    """Return the moment of seconds or milliseconds since 1970; without a unit, 12 digits or more are milliseconds."""
    scale = f"{per_second}" if per_second else f"CASE WHEN abs({value}) >= 1e11 THEN 1000 ELSE 1 END"
    least = 0 if per_second else 100_000_000
    seconds = f"CASE WHEN abs({value}) BETWEEN {least} AND 1e14 THEN {value} / ({scale}) END"
    return f"CAST(timezone({zone}, to_timestamp({seconds})) AS {to})"


def _strptime(form: str) -> str:
    for token, directive in TOKENS.items():
        form = form.replace(token, directive)
    return form
