"""An inspected table and its outcomes in another → one table to guess from, and how the two are joined."""

from dataclasses import dataclass, replace

from generator.errors import InputError
from generator.load.guess import Guess
from generator.records.inspection import InspectedColumn, Inspection, Said


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Production rows with their outcomes: the table, what is said of it now, and the columns that join them."""

    table: Inspection
    said: Said
    key: str
    arrived: str | None
    guesses: tuple[Guess, ...]


def joined(table: Inspection, outcomes: Inspection, said: Said, key: str | None) -> Joined:
    """Return both as one; raises InputError where the key or the outcome cannot be told."""
    there = {column.name for column in table.columns}
    guesses = []
    if key is None:
        key = _key(table, outcomes, there)
        guesses.append(Guess(key="data.labels.key", value=key, why="both files have it, and no value comes twice"))
    for name, where in ((key, table), (key, outcomes)):
        if name not in {column.name for column in where.columns}:
            which = "production rows" if where is table else "labels"
            raise InputError(f"the {which} have no column {name}", hint="name a column that both files have with --key")
    left = [column for column in outcomes.columns if column.name != key]
    target = _target(left, said.target)
    if said.target is None:
        guesses.append(Guess(key="data.target", value=target.name, why="the labels have no other column for it"))
    times = [column.name for column in left if column.kind == "time" and column.name != target.name]
    arrived = times[0] if times else None
    if arrived:
        guesses.append(Guess(key="data.labels.arrived", value=arrived, why="the labels have dates in it"))
    columns = tuple(column for column in table.columns if column.name != target.name)
    return Joined(
        table=replace(table, columns=(*columns, target)),
        said=replace(said, target=target.name, exclude=tuple(dict.fromkeys((*said.exclude, key)))),
        key=key,
        arrived=arrived,
        guesses=tuple(guesses),
    )


def _key(table: Inspection, outcomes: Inspection, there: set[str]) -> str:
    common = [column.name for column in outcomes.columns if column.name in there]
    unique = {column.name for each in (table, outcomes) for column in each.columns if column.unique}
    found = [name for name in common if name in unique]
    if len(found) != 1:
        some = f"; both have {', '.join(common)}" if common else ""
        raise InputError(f"the column that joins labels and production rows cannot be told{some}", hint="--key COL")
    return found[0]


def _target(left: list[InspectedColumn], said: str | None) -> InspectedColumn:
    known = [column for column in left if column.kind != "time"]
    found = [column for column in left if column.name == said] if said else known
    if len(found) != 1:
        names = ", ".join(column.name for column in left)
        raise InputError(
            "the outcome among the labels cannot be told", hint=f"name it with --target; there are {names}"
        )
    return found[0]
