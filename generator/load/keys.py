"""The dataclasses of the schema → their keys and types, and the nearest known word for an unknown one."""

import dataclasses
import difflib
import types
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from generator.records.project import Settings, Unit

Path = tuple[str | int, ...]


@cache
def keys(section: type) -> Mapping[str, Any]:
    """Return key → annotation of a section."""
    hints = get_type_hints(section, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(section)}


@cache
def needed(section: type) -> frozenset[str]:
    """Return the keys a section cannot be without."""
    return frozenset(
        field.name
        for field in dataclasses.fields(section)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )


def strip(annotation: Any) -> tuple[Any, str]:
    """Return the type without `| None`, and the name of its unit or an empty text."""
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = (part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Annotated:
        kind, *marks = get_args(annotation)
        return kind, next((mark.name for mark in marks if isinstance(mark, Unit)), "")
    return annotation, ""


def is_section(kind: Any) -> bool:
    """Return whether a type is a mapping with known keys."""
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


def annotation_at(path: Path) -> Any:
    """Return the annotation of what stands at `path`, all of whose keys the schema knows."""
    annotation: Any = Settings
    for part in path:
        kind, _ = strip(annotation)
        annotation = keys(kind)[str(part)] if is_section(kind) else get_args(kind)[0]
    return annotation


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like `word`, if one is like it at all."""
    folded = {name.lower(): name for name in known}
    asked = word.strip().lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(asked, folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None
