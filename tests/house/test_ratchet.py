"""How much of the rooms still reads what is printed: these counts may only fall, and each fall lowers its line here."""

import ast
from collections import Counter

import pytest

from tests.house.source import PACKAGE, tree

LOOKUPS = {"fact", "number", "date", "rows", "of_feature"}
"""Methods that look facts and tables up by their ids."""
MOST = {"number_of": 100, "isinstance": 93, "id": 170}
"""Cells guessed to hold a number; types told apart at run time; ids written into a look-up."""


def counted(name: str) -> int:
    """Return how many calls there are of a function, or of look-ups by an id that is written there."""
    paths = (PACKAGE / "subjects").rglob("*.py")
    calls = [node for path in paths for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    if name != "id":
        return sum(isinstance(call.func, ast.Name) and call.func.id == name for call in calls)
    asked = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in LOOKUPS]
    return sum(
        bool(call.args) and isinstance(call.args[0], ast.JoinedStr | ast.Constant) and not _is_number(call.args[0])
        for call in asked
    )


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


def defined(*kinds: type[ast.AST]) -> list[ast.AST]:
    """Return every definition of these kinds in the package."""
    return [node for path in PACKAGE.rglob("*.py") for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def test_no_class_name_stands_twice():
    names = Counter(node.name for node in defined(ast.ClassDef) if isinstance(node, ast.ClassDef))
    assert not [name for name, count in names.items() if count > 1]


def test_no_class_has_more_than_twelve_methods():
    classes = [node for node in defined(ast.ClassDef) if isinstance(node, ast.ClassDef)]
    methods = {node.name: sum(isinstance(part, ast.FunctionDef) for part in node.body) for node in classes}
    assert not {name: count for name, count in methods.items() if count > 12}


def test_of_a_hundred_functions_one_is_longer_than_forty_lines():
    lines = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for node in defined(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef)
    )
    assert lines[-(len(lines) // 100) - 1] <= 40


@pytest.mark.parametrize("name", MOST)
def test_what_is_printed_is_read_no_more_than_before(name: str):
    assert counted(name) <= MOST[name]


def test_a_room_is_entered_by_its_door_and_not_by_files_of_its_own():
    for path in PACKAGE.rglob("*.py"):
        room = path.parent.name if path.parent.parent.name == "subjects" else ""
        for node in ast.walk(tree(path)):
            names = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
            own = len(names) > 3 and names[1] == "subjects" and names[3].startswith("_")
            assert not own or names[2] == room, (path, node.lineno)
