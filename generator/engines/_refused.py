"""Takes a table that DuckDB cannot read and what it says of it, gives what is wrong, where, and what to do."""

import json
import re
from pathlib import Path

import duckdb

from generator.engines import SourceTable
from generator.engines._csv import opened_text
from generator.engines._kinds import Kind
from generator.errors import InputError
from generator.records.files import MEGABYTE

CAUSES = ("Expected Number of Columns", "Invalid unicode", "Value with unterminated quote", "Maximum line size")
"""How the lines of DuckDB's messages begin that say why a CSV line is unfit, and hold nothing of it."""
ONE_OBJECT = 64 * MEGABYTE
"""The largest file that is looked at as a whole for one JSON object."""
JSON_TYPES = {list: "a list", str: "a text", bool: "a truth value", int: "a number", float: "a number"}


def refused(table: SourceTable, kind: Kind, error: duckdb.Error) -> InputError:
    """Return the error for a table that DuckDB refused: no cell of it is quoted."""
    if kind == "json" and (found := _broken_line(table)):
        return found
    lines = str(error).strip().splitlines()
    cause = next((f"; {line.lower()}" for line in lines[1:] if line.startswith(CAUSES)), "")
    what = f"{lines[0]}{cause}"
    hint = "a CSV file with a header line, a Parquet file, or JSON lines, with at least one row"
    if kind == "csv" and "utf-8" in str(error).lower():
        what, hint = f"it is not UTF-8 text: {what}", "declare data.csv.encoding, such as windows-1252 or utf-16"
    if kind in {"json", "array"}:
        what, hint = _of_json(what, hint, table)
    if "invalid state" in what:
        what, hint = "its lines end in more than one way", f"write all with one end: sed -i 's/\\r$//' {table.name}"
    if isinstance(error, duckdb.OutOfMemoryException):
        what, hint = (
            "a part of it needs more memory than a scan may take",
            "write it as Parquet, which is read in parts",
        )
    return InputError(f"the table cannot be read: {what}", where=table.name, hint=hint)


def _of_json(what: str, hint: str, table: SourceTable) -> tuple[str, str]:
    """Return what DuckDB says of JSON without the row that it quotes, and what to do."""
    if "byte order mark" in what:
        return "it begins with a byte order mark", f"take it away: sed -i '1s/^\\xEF\\xBB\\xBF//' {table.name}"
    if "duplicate key" in what:
        return "an object names a key twice", "give each key of an object a name of its own"
    return re.split(r"[{\[]", what)[0].rstrip(), hint


def one_object(file: Path) -> InputError | None:
    """Return how rows are made of a file that holds them all in one JSON object; None for any other file."""
    if file.stat().st_size > ONE_OBJECT:
        return None
    with opened_text(file, "utf-8") as text:
        try:
            held = json.load(text)
        except (ValueError, RecursionError):
            return None
    lists = {key: value for key, value in held.items() if isinstance(value, list)} if isinstance(held, dict) else {}
    under = next((key for key, value in lists.items() if value and isinstance(value[0], dict)), None)
    whole = "pd.read_json('FILE', typ='series')"
    if under is not None:
        what, read = f"its rows lie in a list under {under}", f"{whole}[{under!r}]"
    elif lists and len(lists) == len(held) and len(set(map(len, lists.values()))) == 1:
        what, read = "each of its columns is a list", f"{whole}.to_dict()"
    else:
        return None
    hint = f"pandas reads it: pd.DataFrame({read}).to_parquet('rows.parquet', index=False)"
    return InputError(f"the file is one JSON object: {what}", where=file.name, hint=hint.replace("FILE", file.name))


def _broken_line(table: SourceTable) -> InputError | None:
    """Return what is wrong with the first line that is no JSON object; None when all are."""
    for file in table.files:
        if found := one_object(file):
            return found
        with opened_text(file, "utf-8") as text:
            for number, line in enumerate(text, start=1):
                if wrong := _wrong(line):
                    return InputError(
                        f"line {number} is {wrong}",
                        where=f"{file.name}:{number}",
                        hint='each line has to be one JSON object, such as {"price": 9.5, "city": "Graz"}',
                    )
    return None


def _wrong(line: str) -> str:
    try:
        value = json.loads(line) if line.strip() else {}
    except ValueError as error:
        return f"no JSON: {error}"
    except RecursionError:
        return "no JSON of a table: it is nested too deeply"
    return "" if isinstance(value, dict) else f"no JSON object, but {JSON_TYPES.get(type(value), 'null')}"
