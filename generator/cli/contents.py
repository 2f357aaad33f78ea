"""The source of the catalogue → the ids and titles of its plugins, without importing one.

Plugins bring the libraries they compute with; to name them, their constants are read where they stand.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from generator.errors import check_known

if TYPE_CHECKING:
    from generator.records.plugin import Catalog

Kind = Literal["documents", "analyses", "decisions", "figures", "formats", "companions", "engines", "readers"]
Entry = tuple[str, str]
ROOT = Path(__file__).resolve().parents[1]
"""The folder of the package."""


@cache
def contents() -> dict[str, tuple[Entry, ...]]:
    """Return id and title of everything that the catalogue lists, by kind."""
    tree = ast.parse((ROOT / "catalog.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    last = tree.body[-1]
    assert isinstance(last, ast.Assign) and isinstance(last.value, ast.Call)
    listed = {item.arg: item.value for item in last.value.keywords}
    return {kind: tuple(_entries(listed[kind], functions)) for kind in get_args(Kind)}


def chosen(kind: Kind, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Return the ids asked for in the catalogue's order, or all of them; for an unknown one InputError lists them."""
    known = [id for id, _ in contents()[kind]]
    check_known(kind[:-1], asked or (), known)
    return tuple(id for id in known if not asked or id in asked)


def catalog_with(engine: str | None) -> "Catalog":
    """Return the catalogue with the engine `engine` alone, or with all of them, the first of which is used."""
    from dataclasses import replace

    chosen("engines", [engine] if engine else None)
    from generator.catalog import CATALOG

    if engine is None:
        return CATALOG
    return replace(CATALOG, engines=tuple(each for each in CATALOG.engines if each.id == engine))


def _entries(value: ast.expr, functions: dict[str, ast.FunctionDef]) -> Iterator[Entry]:
    """Yield the entries of a list in the catalogue: plugins written out, or `Listed(function)`."""
    if isinstance(value, ast.Tuple):
        yield from (_entry(plugin) for plugin in value.elts)
        return
    assert isinstance(value, ast.Call) and isinstance(value.args[0], ast.Name)
    function = functions[value.args[0].id]
    files = {
        alias.asname or alias.name: ROOT.parent.joinpath(*str(line.module).split("."), f"{alias.name}.py")
        for line in function.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }
    last = function.body[-1]
    assert isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple)
    for plugin in last.value.elts:
        assert isinstance(plugin, ast.Attribute) and isinstance(plugin.value, ast.Name)
        yield _entry(_constant(files[plugin.value.id], plugin.attr))


def _constant(file: Path, name: str) -> ast.expr:
    """Return the value of a plugin's constant, with which its file ends: what stands above it is not parsed."""
    end = file.read_text(encoding="utf-8").rpartition(f"\n{name} = ")[2]
    return ast.parse(end.strip(), mode="eval").body


def _entry(plugin: ast.expr) -> Entry:
    """Return the id and the title of a constant, which stand in it as texts."""
    assert isinstance(plugin, ast.Call)
    given = {item.arg: ast.literal_eval(item.value) for item in plugin.keywords if item.arg in ("id", "title")}
    return given["id"], given["title"]
