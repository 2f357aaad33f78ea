"""The first records of a CSV file → its header and the signs it is written with, found once and passed on."""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Literal

from generator.engines._kinds import is_packed
from generator.errors import InputError
from generator.records.project import Csv

HEAD = 4 << 20
"""Signs of a file that are looked at; a header is shorter."""
CHUNK = 1 << 20
LOOKED_AT = 200
CUT_BY = 50
"""Records that a delimiter has to cut into equally many fields."""
DELIMITERS = (",", ";", "\t", "|")
QUOTES = ('"', "'")
SAID = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line with which Excel says by which sign a file is cut."""
LINE_END = re.compile(r"\r\n|\n|\r")
QUOTED = re.compile(r'"[^"]*"')
FLOAT = re.compile(r"-?\d+\.0")
BACKSLASH = re.compile(r'\\"(?![,;\t|\r\n]|$)')
COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+")
POINT = re.compile(r"[-+]?\d+\.\d+")
GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
THOUSANDS = re.compile(r"\(?[-+]?\s*[$€£¥]?\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*[$€£¥%]?\)?")
"""Commas between thousands, as English numbers have them."""
UNREAD = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8."""
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a file is cut: the names of its header, and the signs."""

    header: tuple[str, ...]
    delimiter: str
    quote: str
    escape: str
    packed: bool
    floats: frozenset[str] = frozenset()
    """Columns in whose first records all values are whole numbers with `.0`."""


def written(file: Path, csv_: Csv, name: str) -> Written:
    """Return how a file of UTF-8 text is cut; raises InputError where that cannot be told, or it has no header."""
    head = _head(file, "utf-8", name)
    found, quote = _cut(head, csv_.delimiter, csv_.quote, name)
    records = _records(head, found, quote)
    if not records:
        raise InputError("the file holds no record", where=name, hint="a header line and at least one row")
    names = tuple(cell if cell else f"Unnamed: {place}" for place, cell in enumerate(records[0]))
    escape = "\\" if quote == '"' and BACKSLASH.search(head) else quote
    return Written(
        header=names,
        delimiter=found,
        quote=quote,
        escape=escape,
        packed=is_packed(file),
        floats=_floats(names, records[1:]),
    )


def dialect(file: Path) -> Csv:
    """Return what has to be said of a file, by its first lines; what is usual, or cannot be told, is left out."""
    with gzip.open(file) if is_packed(file) else file.open("rb") as opened:
        encoding = _encoding(opened.read(CHUNK))
    head = _head(file, encoding, file.name)
    said = SAID.match(head)
    text = head[said.end() :] if said else head
    sign = said[1] if said else _most(text)
    rows = _records(text, sign or ",", QUOTES[0], LOOKED_AT)
    decimal, thousands = _signs([value.strip() for row in rows[1:] for value in row], sign)
    return Csv(delimiter=None if said or sign == "," else sign, encoding=encoding, decimal=decimal, thousands=thousands)


def plain(files: tuple[Path, ...], csv_: Csv, folder: Path) -> tuple[tuple[Path, ...], Csv]:
    """Return files of UTF-8 text whose lines all end alike, with how they are written now; copies where need be.

    The line in which Excel says the delimiter is left out, and what it says is kept.
    """
    with opened_text(files[0], csv_.encoding) as text:
        said = SAID.match(text.readline(CHUNK))
    if said is None and is_utf8(csv_.encoding) and not any(map(_is_mixed, files)):
        return files, csv_
    copies = tuple(_copied(file, folder, csv_.encoding, number) for number, file in enumerate(files))
    return copies, replace(csv_, encoding="utf-8", delimiter=csv_.delimiter or (said[1] if said else None))


def _is_mixed(file: Path) -> bool:
    """Return whether the first lines of a file end in more than one way."""
    with opened_text(file, "utf-8") as text:
        ends = set(LINE_END.findall(QUOTED.sub("", text.read(CHUNK))[:-1]))
    return len(ends) > 1


def _copied(file: Path, folder: Path, encoding: str, number: int) -> Path:
    """Return a copy, written a piece at a time; InputError when the text is not in `encoding`."""
    copy = folder / f"{number}-{file.name.removesuffix('.gz')}"
    with opened_text(file, encoding, errors="strict") as source, copy.open("w", encoding="utf-8", newline="") as to:
        first = source.readline()
        to.write("" if SAID.match(first) else first.replace("\r\n", "\n"))
        while piece := source.read(CHUNK):
            to.write((piece + (source.read(1) if piece.endswith("\r") else "")).replace("\r\n", "\n"))
    return copy


def lines_by_size(file: Path) -> int:
    """Return about how many lines a text file has, by its size and its first lines; 0 for a packed one."""
    if is_packed(file):
        return 0
    with file.open("rb") as opened:
        head = opened.read(CHUNK)
    return round(head.count(b"\n") * file.stat().st_size / len(head)) if head else 0


def is_utf8(encoding: str) -> bool:
    """Return whether an encoding is UTF-8, by whatever name."""
    return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


@contextmanager
def opened_text(file: Path, encoding: str, errors: str = "replace") -> Iterator[IO[str]]:
    """Open a text file, unpacked where it is packed; InputError when it cannot be unpacked, or is not in `encoding`."""
    encoding = "utf-8-sig" if is_utf8(encoding) else encoding
    try:
        if is_packed(file):
            with gzip.open(file, "rt", encoding=encoding, errors=errors, newline="") as text:
                yield text
        else:
            with file.open(encoding=encoding, errors=errors, newline="") as text:
                yield text
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        hint = "pack it again with gzip, or take .gz away"
        raise InputError(f"the packed file cannot be read: {error}", where=file.name, hint=hint) from error
    except UnicodeError as error:
        hint = "declare the right data.csv.encoding, such as utf-8, windows-1252 or utf-16"
        what = f"the file is not written in {encoding.removesuffix('-sig')}: {error}"
        raise InputError(what, where=file.name, hint=hint) from error


def _head(file: Path, encoding: str, name: str) -> str:
    """Return the first signs of a file, whole lines of them; raises InputError for what is no text of lines."""
    with opened_text(file, encoding, errors="surrogateescape") as text:
        head = text.read(HEAD)
    if is_utf8(encoding) and not head.isascii() and UNREAD.search(head):
        hint = "declare data.csv.encoding, such as windows-1252 or utf-16"
        raise InputError("the table cannot be read: it is not UTF-8 text", where=name, hint=hint)
    if head[:CHUNK].count("\0") > len(head[:CHUNK]) / 100:
        hint = "CSV is text; is it a file of another program, or of another data.csv.encoding, such as utf-16?"
        raise InputError("the file is no text", where=name, hint=hint)
    if len(head) < HEAD:
        return head
    end = head.rfind("\n")
    if end < 0:
        what = f"the first {HEAD >> 20} million signs of the file hold no end of a line"
        raise InputError(what, where=name, hint="one record a line, each ended by a line feed")
    return head[: end + 1]


def _records(text: str, sign: str, quote: str, most: int = CUT_BY) -> list[list[str]]:
    """Return the first records that are not blank; none where the text cannot be cut so."""
    read = csv.reader(io.StringIO(text, newline=""), delimiter=sign, quotechar=quote)
    csv.field_size_limit(HEAD)
    try:
        return list(islice((row for row in read if any(row)), most))
    except csv.Error:
        return []


def _floats(names: tuple[str, ...], rows: list[list[str]]) -> frozenset[str]:
    held = {name: [row[k].strip() for row in rows if k < len(row) and row[k].strip()] for k, name in enumerate(names)}
    return frozenset(name for name, values in held.items() if values and all(map(FLOAT.fullmatch, values)))


def _fields(text: str, sign: str, quote: str) -> int:
    """Return the number of fields that every record has, 0 when it differs."""
    numbers = {len(row) for row in _records(text, sign, quote)}
    return numbers.pop() if len(numbers) == 1 else 0


def _cut(text: str, sign: str | None, quote: str | None, name: str) -> tuple[str, str]:
    """Return the delimiter and the quote; raises InputError for none, or more than one, that cuts all records alike."""
    quotes = (quote,) if quote else QUOTES
    if sign:
        return sign, next((q for q in quotes if _fields(text, sign, q)), quotes[0])
    ways = {(s, q): n for q in quotes for s in DELIMITERS if (n := _fields(text, s, q)) > 1}
    usual = {s: n for (s, q), n in ways.items() if q == quotes[0]} or {s: n for (s, q), n in ways.items()}
    if len(usual) > 1:
        told = " or ".join(f"{fields} by {sign!r}" for sign, fields in usual.items())
        raise InputError(
            f"the delimiter cannot be told: the lines fall into columns in more than one way, {told}",
            where=name,
            hint="declare data.csv.delimiter",
        )
    if not usual:
        _check_one_column(text, name)
        return ",", quotes[0]
    ((found, _),) = usual.items()
    return found, next(q for q in quotes if (found, q) in ways)


def _check_one_column(text: str, name: str) -> None:
    lines = [line for line in islice(text.splitlines(), CUT_BY) if line.strip()]
    if len(lines) > 1 and any(sign in lines[0] for sign in DELIMITERS):
        raise InputError(
            "the delimiter cannot be told: no sign cuts the header and the first lines into equally many columns",
            where=name,
            hint="declare data.csv.delimiter, or correct the lines that have other columns than the header",
        )


def _encoding(head: bytes) -> str:
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _most(text: str) -> str | None:
    """Return the sign that cuts all records into equally many fields: of several the one with the most, if one."""
    cut = sorted(((_fields(text, sign, QUOTES[0]), sign) for sign in DELIMITERS), reverse=True)
    return cut[0][1] if cut[0][0] > max(cut[1][0], 1) else None


def _signs(values: Sequence[str], sign: str | None) -> tuple[Literal[".", ","], Literal[",", "."] | None]:
    """Return the decimal sign and the sign between thousands; fields that commas part are written as in English."""
    commas, points = (sum(bool(form.fullmatch(value)) for value in values) for form in (COMMA, POINT))
    grouped = sum(bool(THOUSANDS.fullmatch(value)) for value in values)
    if sign in {",", None} or points >= commas:
        return ".", "," if grouped and grouped >= commas else None
    return ",", "." if any(GROUPED.fullmatch(value) for value in values) else None
