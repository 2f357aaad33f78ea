"""Files and functions stay small; what is larger says why, and may shrink but not grow."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PACKAGE, modules, tree

FILE_LINES = 400
FUNCTION_LINES = 60
DOOR_LINES = 40

# File under generator/: the most lines it may have, and why it is not cut.
LARGE_FILES: dict[str, tuple[int, str]] = {}

# Function, as `file::name`: the most lines it may have, and why it is not cut.
LARGE_FUNCTIONS: dict[str, tuple[int, str]] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """Return a module's path inside generator/."""
    return path.relative_to(PACKAGE).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a module as `file::Class.name` with its lines, decorators left out."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            inside = prefix
            if isinstance(child, Function | ast.ClassDef):
                inside = f"{prefix}{child.name}."
            if isinstance(child, Function):
                yield f"{name_of(path)}::{prefix}{child.name}", (child.end_lineno or 0) - child.lineno + 1
            yield from walk(child, inside)

    return walk(tree(path), "")


FILES = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
FUNCTIONS = {name: lines for path in modules() for name, lines in functions(path)}


def too_long(sizes: dict[str, int], bound: int, exceptions: dict[str, tuple[int, str]]) -> list[str]:
    """Return what exceeds its bound."""
    return [
        f"{name}: {lines} lines, at most {exceptions.get(name, (bound, ''))[0]}"
        for name, lines in sizes.items()
        if lines > exceptions.get(name, (bound, ""))[0]
    ]


def outgrown(sizes: dict[str, int], bound: int, exceptions: dict[str, tuple[int, str]]) -> list[str]:
    """Return the exceptions that are no longer needed, have no reason, or allow a tenth more than is used."""
    return [
        f"{name}: {sizes.get(name, 0)} lines need no exception up to {most}"
        for name, (most, reason) in exceptions.items()
        if sizes.get(name, 0) <= bound or most > 1.1 * sizes[name] or len(reason) < 15
    ]


def test_no_file_is_too_long():
    assert not too_long(FILES, FILE_LINES, LARGE_FILES)


def test_no_function_is_too_long():
    assert not too_long(FUNCTIONS, FUNCTION_LINES, LARGE_FUNCTIONS)


def test_exceptions_are_still_needed():
    assert not outgrown(FILES, FILE_LINES, LARGE_FILES)
    assert not outgrown(FUNCTIONS, FUNCTION_LINES, LARGE_FUNCTIONS)


def test_a_stage_has_one_door_of_one_screen():
    doors = ("load", "measure", "conclude", "compose", "render", "export", "bundle")
    for stage in doors:
        path = PACKAGE / stage / "__init__.py"
        public = {
            node.name: (node.end_lineno or 0) - node.lineno + 1
            for node in tree(path).body
            if isinstance(node, Function) and not node.name.startswith("_")
        }
        assert all(lines <= DOOR_LINES for lines in public.values()), f"{stage}: {public}"
