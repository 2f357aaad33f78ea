"""A tree → `Settings`, by pydantic over the dataclasses of the schema, and what is wrong with its shape."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pydantic import ConfigDict, TypeAdapter, ValidationError

from generator.errors import Problem
from generator.load.mend import Wrong, mend, touches
from generator.load.places import Content, Path, lay_out
from generator.load.tree import Branch
from generator.load.wording import describe
from generator.records.project import Settings

CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shaped:
    """The settings, mended where the file is wrong, None where that cannot be; all problems of the shape."""

    settings: Settings | None
    content: Content
    problems: tuple[Problem, ...] = ()
    gaps: tuple[Path, ...] = ()

    def rests_on_gaps(self, paths: Iterable[Path]) -> bool:
        """Return whether what stands at `paths` may come from the mending, and not from the file."""
        return any(touches(gap, self.content.written(path)) for path in paths for gap in self.gaps)


@cache
def _adapter() -> TypeAdapter[tuple[Settings]]:
    # pydantic hands a configuration down to plain dataclasses, but takes none for a dataclass at the top.
    return TypeAdapter(tuple[Settings], config=CONFIG)


def shape(root: Branch, name: str) -> Shaped:
    """Return the settings of a file, or of what is right in it."""
    content = lay_out(root, name)
    settings, wrong = _validate(content)
    if not wrong:
        return Shaped(settings=settings, content=content)
    problems = tuple(describe(content, kind, path) for kind, path in wrong)
    mended, gaps = mend(root, content, wrong)
    if mended is not None:
        content = lay_out(mended, name)
        settings, _ = _validate(content)
    return Shaped(settings=settings, content=content, problems=problems, gaps=gaps)


def _validate(content: Content) -> tuple[Settings | None, list[Wrong]]:
    try:
        # JSON is the strict reading in which lists are tuples and ISO texts are dates.
        (settings,) = _adapter().validate_json(json.dumps([content.data]))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return None, [(detail["type"], tuple(detail["loc"][1:])) for detail in details]
    return settings, []
