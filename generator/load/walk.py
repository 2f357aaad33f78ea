"""Settings → every single value in them with its path, type and unit; every limit that is watched, with its path."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from generator.load.complaint import Path
from generator.load.keys import is_section, keys, needed, strip
from generator.records.project import Condition, Rule, Settings, Trigger


@dataclass(frozen=True, slots=True)
class Single:
    """A value that is neither a list nor a section; `needed` when it has no default."""

    path: Path
    value: str | int | float | bool | datetime.date
    unit: str
    needed: bool


def values(settings: Settings) -> Iterator[Single]:
    """Yield every value that is there, in the order of the schema."""
    yield from _values(settings, Settings, (), True)


def watched(settings: Settings) -> Iterator[tuple[Path, Rule | Trigger | Condition]]:
    """Yield every rule, trigger and condition that holds a metric against a limit."""
    groups: tuple[tuple[Path, tuple[Rule | Trigger | Condition, ...]], ...] = (
        (("alerts", "rules"), settings.alerts.rules),
        (("retraining", "triggers"), settings.retraining.triggers),
        (("rollback", "conditions"), settings.rollback.conditions),
    )
    for path, items in groups:
        for number, item in enumerate(items):
            yield (*path, number), item


def _values(value: Any, annotation: Any, path: Path, compulsory: bool) -> Iterator[Single]:
    kind, unit = strip(annotation)
    if value is None:
        return
    if is_section(kind):
        for key, inner in keys(kind).items():
            yield from _values(getattr(value, key), inner, (*path, key), key in needed(kind))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _values(item, get_args(kind)[0], (*path, number), True)
    else:
        yield Single(path, value, unit, compulsory)
