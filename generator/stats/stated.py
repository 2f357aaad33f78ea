"""Takes known numbers by name and formulas for others, gives the value of every name, or why it has none."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from generator.stats.formula import Comparison, Node, evaluate, names
from generator.stats.rounded import DATE, SECONDS, ArithmeticRefusal, Rounded, exact


def declared(value: float | datetime.date, unit: str) -> Rounded:
    """Return a number or a day of the project file, which is exact."""
    if isinstance(value, datetime.date):
        return exact(value.toordinal(), DATE)
    return exact(float(value), unit if unit in SECONDS else "")


def circle(formulas: Mapping[str, Node]) -> tuple[str, ...]:
    """Return names that are defined by one another, the first again at the end; nothing where there is no circle."""
    done: set[str] = set()
    for name in formulas:
        if found := _circle(name, formulas, (), done):
            return found
    return ()


def _circle(name: str, formulas: Mapping[str, Node], above: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    if name in above:
        return (*above[above.index(name) :], name)
    if name in done or name not in formulas:
        return ()
    for inner in names(formulas[name]):
        if found := _circle(inner.name, formulas, (*above, name), done):
            return found
    done.add(name)
    return ()


def work_out(known: Mapping[str, Rounded], formulas: Mapping[str, Node]) -> tuple[dict[str, Rounded], dict[str, str]]:
    """Return the values of all names, those of formulas without a circle included, and why some have none."""
    values, refused = dict(known), dict[str, str]()
    for name in formulas:
        _define(name, formulas, values, refused)
    return values, refused


def _define(name: str, formulas: Mapping[str, Node], values: dict[str, Rounded], refused: dict[str, str]) -> None:
    if name in values or name in refused:
        return
    for inner in names(formulas[name]):
        if inner.name in formulas:
            _define(inner.name, formulas, values, refused)
    value = attempt(formulas[name], values)
    if isinstance(value, str):
        refused[name] = value
    else:
        values[name] = value


def attempt(node: Node, values: Mapping[str, Rounded]) -> Rounded | str:
    """Return the value of a formula, or why it has none."""
    absent = lacking(node, values)
    if absent:
        return f"{absent[0]} has no value" if len(absent) == 1 else f"{', '.join(absent)} have no value"
    try:
        return evaluate(node, values)
    except ArithmeticRefusal as error:
        return f"the formula {error}"


def lacking(node: Node | Comparison, values: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a formula that are not among `values`, each once."""
    there = set(values)
    return tuple(dict.fromkeys(name.name for name in names(node) if name.name not in there))
