"""The first lines of a CSV file → how it seems to be written: its encoding, its delimiter, its decimal sign."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from generator.engines._files import DELIMITERS, fields
from generator.records.project import Csv

HEAD_BYTES = 1 << 20
LOOKED_AT = 200
COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+")
POINT = re.compile(r"[-+]?\d+\.\d+")
GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def dialect(file: Path) -> Csv:
    """Return what has to be said of a file, by its first lines; what is usual, or cannot be told, is left out."""
    with gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    encoding = _encoding(head)
    lines = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).splitlines()[:LOOKED_AT]
    sign = _delimiter([line for line in lines if line.strip()])
    values = (
        []
        if sign in {None, ","}
        else [v.strip() for row in list(csv.reader(lines, delimiter=sign or ","))[1:] for v in row]
    )
    decimal, thousands = _signs(values)
    return Csv(delimiter=None if sign == "," else sign, encoding=encoding, decimal=decimal, thousands=thousands)


def _encoding(head: bytes) -> str:
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _delimiter(lines: list[str]) -> str | None:
    """Return the sign that cuts all lines into equally many fields; of several the one with the most, if it is one."""
    cut = sorted(((fields(lines, sign), sign) for sign in DELIMITERS), reverse=True)
    return cut[0][1] if cut[0][0] > max(cut[1][0], 1) else None


def _signs(values: Sequence[str]) -> tuple[Literal[".", ","], Literal["."] | None]:
    """Return the decimal sign and the sign between thousands of numbers that no comma separates."""
    commas, points = (sum(bool(form.fullmatch(value)) for value in values) for form in (COMMA, POINT))
    if not commas or points > commas:
        return ".", None
    return ",", "." if any(GROUPED.fullmatch(value) for value in values) else None
