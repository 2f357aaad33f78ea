"""Everything the project file says, as facts and tables under the path of its key."""

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from generator.estimates.facts import place, target_unit
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project, Settings, Unit
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Column, Table

UNIT_WORDS = ("hours", "minutes", "days", "ms")
"""Ends of keys that the unit beside the number says already."""
ASIDE = ("model.limits",)
"""What steers the program and says nothing of the case."""
IN_TARGET_UNIT = {"validation", "acceptable", "expected_low", "expected_high", "output_low", "output_high"}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return a fact for every scalar and a table for every list of the project file."""
    found = list(_walk(project, Settings, project.settings, ""))
    return Evidence(
        facts=tuple(item for item in found if isinstance(item, Fact)),
        tables=tuple(item for item in found if isinstance(item, Table)),
    )


def _walk(project: Project, kind: Any, value: Any, path: str) -> Iterator[Fact | Table]:
    """Yield facts and tables of a record; `value` is None where the whole record was not declared."""
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        hint, unit = _plain(hints[field.name])
        here = f"{path}.{field.name}".lstrip(".")
        inner = None if value is None else getattr(value, field.name)
        if get_origin(hint) is tuple:
            yield _table(project, here, get_args(hint)[0], inner or ())
        elif here in ASIDE:
            continue
        elif is_dataclass(hint):
            yield from _walk(project, hint, inner, here)
        else:
            yield _scalar(project, here, inner, unit or _unit(project, field.name))


def _table(project: Project, path: str, item: Any, values: tuple[Any, ...]) -> Table:
    bare, unit = _plain(item)
    if not is_dataclass(bare):
        columns: tuple[Column, ...] = (Column(key="item", label=_label(path)),)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (_cell(project, f"{path}.{i}", value, unit, "item"),) for i, value in enumerate(values)
        )
    else:
        hints = get_type_hints(bare, include_extras=True)
        names = [(f.name, _plain(hints[f.name])[1]) for f in fields(bare) if not _is_of_records(hints[f.name])]
        columns = tuple(Column(key=name, label=_label(name)) for name, _ in names)
        rows = tuple(
            tuple(_cell(project, f"{path}.{i}", getattr(value, name), unit, name) for name, unit in names)
            for i, value in enumerate(values)
        )
    reason = "" if rows else lacking(UNDECLARED, path, file=project.file)
    return Table(id=f"declared.{path}", title=_label(path), columns=columns, rows=rows, reason=reason)


def _is_of_records(hint: Any) -> bool:
    kind, _ = _plain(hint)
    return is_dataclass(_plain(get_args(kind)[0])[0] if get_origin(kind) is tuple else kind)


def _cell(project: Project, path: str, value: Any, unit: str, name: str) -> Cell:
    if value is None or value == ():
        return ()
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value)
    if isinstance(value, str):
        return value
    where = path if name == "item" else f"{path}.{name}"
    return _scalar(project, where, value, unit or _unit(project, name))


def _scalar(project: Project, path: str, value: Any, unit: str) -> Fact:
    id, label = f"declared.{path}", _label(path)
    if value is None:
        reason = lacking(UNDECLARED, path, file=project.file)
        return Fact(id=id, value=None, label=label, unit=unit, origin="declared", reason=reason)
    return Fact(
        id=id, value=value, label=label, unit=unit, origin="declared", method="declared", source=place(project, path)
    )


def _unit(project: Project, name: str) -> str:
    return target_unit(project) if name in IN_TARGET_UNIT else ""


def _label(path: str) -> str:
    words = path.rpartition(".")[2].replace("_", " ")
    for unit in UNIT_WORDS:
        words = words.removesuffix(f" {unit}")
    return words[:1].upper() + words[1:]


def _plain(hint: Any) -> tuple[Any, str]:
    """Return a type without `None` and annotations, and the unit it is annotated with."""
    unit = ""
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            unit = next((mark.name for mark in get_args(hint)[1:] if isinstance(mark, Unit)), unit)
            hint = get_args(hint)[0]
        elif origin in {Union, types.UnionType}:
            hint = next(part for part in get_args(hint) if part is not type(None))
        else:
            return (str if origin is Literal else hint), unit


ANALYSIS = Analysis(id="declared", title="What the project file declares", run=run)
