"""A project file on disk → its bytes, and its bytes → text that is safe to parse and to print."""

import re
from pathlib import Path

from generator.errors import InputError, Problem
from generator.records.files import MEGABYTE, read_file

LIMIT = 2 * MEGABYTE
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, lone surrogates and marks that turn the direction of text: what nobody can see."""


def read(file: Path) -> bytes:
    """Return the bytes of the project file; an unreadable or an enormous one is an error."""
    return read_file(file, most=LIMIT, hint="is it the project file, or data?")


def decode(content: bytes, name: str) -> str:
    """Return the text of a UTF-8 file; the first byte or character that cannot stand in it is an error."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        found = f"the byte 0x{content[error.start]:02x}"
        raise InputError(
            f"the file is not UTF-8 text: {found} cannot stand here",
            where=_place(name, before),
            hint="save the file as UTF-8",
        ) from error
    problems = [
        Problem(
            what=f"the character U+{ord(match[0]):04X} cannot be printed",
            where=_place(name, text[: match.start()]),
            hint="remove it",
        )
        for match, _ in zip(UNPRINTABLE.finditer(text), range(20), strict=False)
    ]
    if problems:
        raise InputError(problems[0].what, problems=tuple(problems))
    return text


def _place(name: str, before: str) -> str:
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return f"{name}:{line}:{column}"
