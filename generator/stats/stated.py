"""Takes known numbers by name and formulas for others, gives the value of every name, or why it has none."""

import datetime
from collections.abc import Container, Mapping
from graphlib import CycleError, TopologicalSorter

from generator.stats.formula import Comparison, Node, evaluate, names
from generator.stats.rounded import DATE, SECONDS, ArithmeticRefusal, Rounded, exact


def declared(value: float | datetime.date, unit: str) -> Rounded:
    """Return a number or a day of the project file, which is exact."""
    if isinstance(value, datetime.date):
        return exact(value.toordinal(), DATE)
    return exact(float(value), unit if unit in SECONDS else "")


def circle(formulas: Mapping[str, Node]) -> tuple[str, ...]:
    """Return names that are defined by one another, the first again at the end; nothing where there is no circle."""
    try:
        _ordered(formulas)
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def work_out(known: Mapping[str, Rounded], formulas: Mapping[str, Node]) -> tuple[dict[str, Rounded], dict[str, str]]:
    """Return the values of all names, those of formulas without a circle included, and why some have none."""
    values, refused = dict(known), dict[str, str]()
    for name in _ordered(formulas):
        if name in values:
            continue
        value = attempt(formulas[name], values)
        if isinstance(value, str):
            refused[name] = value
        else:
            values[name] = value
    return values, refused


def _ordered(formulas: Mapping[str, Node]) -> tuple[str, ...]:
    """Return the names of formulas, each after those that define it; raises CycleError where that cannot be."""
    uses = {name: [one.name for one in names(node) if one.name in formulas] for name, node in formulas.items()}
    return tuple(TopologicalSorter(uses).static_order())


def attempt(node: Node, values: Mapping[str, Rounded]) -> Rounded | str:
    """Return the value of a formula, or why it has none."""
    absent = lacking(node, values)
    if absent:
        return f"{absent[0]} has no value" if len(absent) == 1 else f"{', '.join(absent)} have no value"
    try:
        return evaluate(node, values)
    except ArithmeticRefusal as error:
        return f"the formula {error}"


def lacking(node: Node | Comparison, values: Container[str]) -> tuple[str, ...]:
    """Return the names of a formula that are not among `values`, each once."""
    return tuple(dict.fromkeys(name.name for name in names(node) if name.name not in values))
