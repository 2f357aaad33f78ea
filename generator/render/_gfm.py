"""Takes text and gives it in GitHub's Markdown: escaped, as code, as the cells of a table."""

import re
import unicodedata
from collections.abc import Sequence

SPECIAL = re.compile(r"[\\`*\[\]|~$<&]|(?<![^\W_])_|_(?![^\W_])")
START = re.compile(r"^(>|#{1,6}(?=\s|$)|[+=-](?=\s|$|[=-]*\s*$)|\d+(?=[.)](?:\s|$)))")
AUTOLINK = re.compile(r"(?i)(?<=https)(?=:)|(?<=http)(?=:)|(?<=ftp)(?=:)|(?<=www)(?=\.)|:(?=[a-z0-9_+-]+:)")
AT = re.compile(r"@(?=\w)")
"""The sign of an address and of a mention: GitHub looks for both when escapes are gone, but not across a comment."""
WIDEST = 44
"""Cells are padded to at most this width, so that one long text does not stretch a whole table."""


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, wherever it stands."""
    text = SPECIAL.sub(lambda match: f"\\{match[0]}", text)
    text = AUTOLINK.sub(lambda match: f"\\{match[0]}", text)
    text = AT.sub("@<!-- -->", text)
    return START.sub(_start, text)


def code(text: str) -> str:
    """Return text in code type, fenced by more backticks than it holds."""
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[:1] in {"`", " "} or text[-1:] in {"`", " "} else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def code_block(text: str, language: str) -> str:
    """Return lines in a fenced block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{re.sub(r'[^A-Za-z0-9+-]', '', language)}\n{text}\n{fence}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Return a table whose columns stand in line in plain text, too; its cells are Markdown already."""
    lines = [list(map(_cell, row)) for row in (heads, *rows)]
    widths = [min(WIDEST, max(3, *(width(row[index]) for row in lines))) for index in range(len(heads))]
    rule = [f"{'-' * (size - 1)}:" if to_right else "-" * size for size, to_right in zip(widths, right, strict=True)]
    body = [[_pad(*each) for each in zip(row, widths, right, strict=True)] for row in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in (body[0], rule, *body[1:]))


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    signs = (sign for sign in text if not unicodedata.combining(sign))
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in signs)


def quote(text: str) -> str:
    """Return lines as a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _cell(text: str) -> str:
    """Return a cell in which every bar is escaped, those in code type, too."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", text.replace("\n", " "))


def _pad(text: str, size: int, to_right: bool) -> str:
    gap = " " * max(0, size - width(text))
    return gap + text if to_right else text + gap


def _start(match: re.Match[str]) -> str:
    return match[0] + "\\" if match[0].isdigit() else f"\\{match[0]}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
