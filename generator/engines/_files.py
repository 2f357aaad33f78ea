"""Takes files of rows, gives what DuckDB needs to read them: their format, a delimiter, UTF-8 text, a broken line."""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Literal

from generator.engines import Table
from generator.engines._copies import wants_copy
from generator.errors import InputError

Format = Literal["csv", "json", "parquet"]
FORMATS: dict[str, Format] = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "json", ".ndjson": "json"}
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 50
CHUNK = 1 << 20


def format_of(table: Table) -> Format:
    """Return the format of a table's files; all have one, and what is copied is copied as Parquet."""
    if wants_copy(table):
        return "parquet"
    kinds = {FORMATS.get(_suffix(file), "csv") for file in table.files}
    if len(kinds) > 1:
        raise InputError(
            f"the files are of different formats: {', '.join(sorted(kinds))}",
            where=table.name,
            hint="write a pattern that matches one of them, such as rows/*.csv",
        )
    (kind,) = kinds
    return kind


def check_delimiter(file: Path, name: str) -> None:
    """Raise InputError when more than one sign cuts the header and the first lines into equally many fields."""
    with _opened(file, "utf-8") as text:
        lines = [line for line in islice(text, LOOKED_AT) if line.strip()]
    cuts = {sign: fields(lines, sign) for sign in DELIMITERS}
    found = {sign: fields for sign, fields in cuts.items() if fields > 1}
    if len(found) > 1:
        ways = " or ".join(f"{fields} by {sign!r}" for sign, fields in found.items())
        raise InputError(
            f"the delimiter cannot be told: the lines fall into columns in more than one way, {ways}",
            where=name,
            hint="declare data.csv.delimiter",
        )
    if not found and len(lines) > 1 and any(sign in lines[0] for sign in DELIMITERS):
        raise InputError(
            "the delimiter cannot be told: no sign cuts the header and the first lines into equally many columns",
            where=name,
            hint="declare data.csv.delimiter, or correct the lines that have other columns than the header",
        )


def to_utf8(file: Path, folder: Path, encoding: str, number: int) -> Path:
    """Return a copy of a text file in UTF-8, written a piece at a time; InputError when it is not in `encoding`."""
    copy = folder / f"{number}-{file.name.removesuffix('.gz')}"
    try:
        with _opened(file, encoding, errors="strict") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while piece := source.read(CHUNK):
                target.write(piece)
    except UnicodeError as error:
        raise InputError(
            f"the file is not written in {encoding}: {error}",
            where=file.name,
            hint="declare the right data.csv.encoding, such as utf-8, windows-1252 or utf-16",
        ) from error
    return copy


def lines_by_size(file: Path) -> int:
    """Return about how many lines a text file has, by its size and its first lines; 0 for a packed one."""
    if file.suffix.lower() == ".gz":
        return 0
    with file.open("rb") as opened:
        head = opened.read(CHUNK)
    return round(head.count(b"\n") * file.stat().st_size / len(head)) if head else 0


def is_utf8(encoding: str) -> bool:
    """Return whether an encoding is UTF-8, by whatever name."""
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


def broken_line(table: Table) -> InputError | None:
    """Return what is wrong with the first line that is no JSON object; None when all are."""
    for file in table.files:
        with _opened(file, "utf-8") as text:
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
    return "" if isinstance(value, dict) else f"no JSON object, but {type(value).__name__}"


def fields(lines: list[str], sign: str) -> int:
    """Return the number of fields that every line has, 0 when it differs."""
    try:
        numbers = {len(row) for row in csv.reader(lines, delimiter=sign)}
    except csv.Error:
        return 0
    return numbers.pop() if len(numbers) == 1 else 0


@contextmanager
def _opened(file: Path, encoding: str, errors: str = "replace") -> Iterator[IO[str]]:
    """Open a text file, unpacked where it is packed; InputError when what is called packed is not, or is cut short."""
    encoding = "utf-8-sig" if is_utf8(encoding) else encoding
    if file.suffix.lower() != ".gz":
        with file.open(encoding=encoding, errors=errors, newline="") as text:
            yield text
        return
    try:
        with gzip.open(file, "rt", encoding=encoding, errors=errors, newline="") as text:
            yield text
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        hint = "pack it again with gzip, or take .gz away"
        raise InputError(f"the packed file cannot be read: {error}", where=file.name, hint=hint) from error


def _suffix(file: Path) -> str:
    name = file.name.lower().removesuffix(".gz")
    return Path(name).suffix
