"""A small valid project file, and the same with something else under one of its keys."""

import textwrap
from pathlib import Path

from generator.errors import InputError, Problem
from generator.load import load
from generator.records.project import Project

BASE = {
    "project": {"name": "shop"},
    "model": {"name": "Ridge", "version": '"1.0"', "format": "column"},
    "data": {"production": "rows.csv", "target": "sold", "prediction": "guess"},
}
PLACE = "¶"
"""Stands in a text right before the place where a problem should be found."""


def text(under: str = "", block: str = "") -> str:
    """Return the base file; `block` stands under the key `under` (at the top without one) and replaces its keys."""
    block = textwrap.dedent(block).strip("\n")
    replaced = {line.split(":")[0].strip(" ¶\"'") for line in block.splitlines() if line[:1] != " "}
    lines: list[str] = []
    for section, entries in BASE.items():
        if under or section not in replaced:
            lines.append(f"{section}:")
            lines += [f"  {key}: {value}" for key, value in entries.items() if under != section or key not in replaced]
        if under == section:
            lines += textwrap.indent(block, "  ").splitlines()
    if under not in BASE:
        lines += [f"{under}:", *textwrap.indent(block, "  ").splitlines()] if under else block.splitlines()
    return "\n".join(lines) + "\n"


def write(folder: Path, content: str | bytes) -> Path:
    """Write a project file and its rows."""
    (folder / "rows.csv").write_text("sold,guess\n1,2\n")
    file = folder / "dossier.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def project(folder: Path, content: str) -> Project:
    """Return the project of a file with this content."""
    return load(write(folder, content))


def problems(folder: Path, content: str | bytes) -> tuple[Problem, ...]:
    """Return what is wrong with a file of this content; none when nothing is."""
    try:
        load(write(folder, content))
    except InputError as error:
        return error.problems
    return ()


def place(marked: str) -> tuple[str, str]:
    """Return the text without its mark, and `line:column` of the mark."""
    before, _, after = marked.partition(PLACE)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return before + after, f"{line}:{column}"
