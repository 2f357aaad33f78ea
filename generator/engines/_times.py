"""Takes a time column, its type and how it is said to be written; gives the SQL of its moments: a closed list of forms.

Nothing is left to the engine's own guesses: what none of the forms fits is no time.
"""

from typing import Literal

EPOCH = {"epoch seconds": 1.0, "epoch milliseconds": 1000.0}
TOKENS = {"YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
DOTTED = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
NUMBERS = WHOLE | {"DOUBLE", "FLOAT"}
INSTANTS = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "TIMESTAMPTZ_NS"}

Moment = Literal["DATE", "TIMESTAMP"]


def quoted(text: str) -> str:
    """Return a text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def moment(column: str, kind: str, form: str | None, zone: str, to: Moment) -> str:
    """Return a quoted column of type `kind` as a moment in `zone`, null where it is none that `form` fits."""
    zone = quoted(zone)
    if kind in INSTANTS:
        return f"CAST(timezone({zone}, CAST({column} AS TIMESTAMPTZ)) AS {to})"
    number = kind in NUMBERS or kind.startswith("DECIMAL")
    if form in EPOCH or (number and form is None):
        return _from_epoch(f"TRY_CAST({column} AS DOUBLE)", zone, EPOCH.get(form or ""), to)
    if number:
        return _written(f"CAST(TRY_CAST({column} AS BIGINT) AS VARCHAR)", form or "", to)
    if kind != "VARCHAR":
        return f"TRY_CAST({column} AS {to})"
    column = f"trim({column})"
    return _written(f"regexp_replace({column}, '\\.0$', '')", form, to) if form else _looked_at(column, zone, to)


def _written(column: str, form: str, to: Moment) -> str:
    """Return texts of one declared form; digits have to be as many as a form without signs between them has."""
    read = f"CAST(try_strptime({column}, {quoted(_strptime(form))}) AS {to})"
    if not form.isalpha():
        return read
    return f"CASE WHEN length({column}) = {len(form)} THEN {read} END"


def _looked_at(column: str, zone: str, to: Moment) -> str:
    """Return texts whose form is told by their looks: ISO 8601, DD.MM.YYYY and epoch numbers.

    An offset of 16 hours or more is none.
    """
    dotted = ", ".join(quoted(form) for form in DOTTED)
    return (
        f"CASE WHEN regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN TRY_CAST({column} AS {to})"
        rf" WHEN regexp_matches({column}, ':[0-9]{{2}}.*[-+](1[6-9]|[2-9][0-9])(:?[0-9]{{2}})?$') THEN NULL"
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
    """Return the moment of a number since 1970; without a unit its size tells seconds, milli-, micro-, nanoseconds."""
    size = f"abs({value})"
    scale = (
        f"{per_second}"
        if per_second
        else f"CASE WHEN {size} >= 1e17 THEN 1e9 WHEN {size} >= 1e14 THEN 1e6 WHEN {size} >= 1e11 THEN 1e3 ELSE 1 END"
    )
    least, most = (0, 1e14) if per_second else (100_000_000, 1e20)
    seconds = f"CASE WHEN {size} BETWEEN {least} AND {most} THEN {value} / ({scale}) END"
    return f"CAST(timezone({zone}, to_timestamp({seconds})) AS {to})"


def _strptime(form: str) -> str:
    for token, directive in TOKENS.items():
        form = form.replace(token, directive)
    return form
