"""Settings → texts that nobody finished: placeholders, to-do marks, blanks where something is needed."""

import re
from collections.abc import Iterator

from generator.load.complaint import Complaint, Path
from generator.load.walk import values
from generator.records.project import Settings

MARKS = re.compile(r"\{\{.*?\}\}|\b(?:TODO|TBD|FIXME|CHANGE_?ME)\b|\b(?:XXX+|xxx+)\b", re.DOTALL)
ANGLES = re.compile(r"<[A-Za-z_](?:[\w .:/|-]*[\w.])?>")
COLUMNS = {
    "target",
    "prediction",
    "previous_prediction",
    "benchmark",
    "time",
    "entity",
    "column",
    "name",
    "source",
    "tiers",
    "exclude",
    "missing_markers",
    "production",
    "reference",
    "reference_stats",
    "held_out",
    "acted_on",
    "positive",
    "negative",
    "missing_in",
    "requests",
    "csv",
    "labels",
    "time_format",
}
"""Keys under `data` whose texts are names of columns and files, or values in them, taken as they are."""


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every text with something left to fill in."""
    for single in values(settings):
        if not isinstance(single.value, str) or _is_name(single.path) or single.path[:2] == ("project", "meant"):
            continue
        if single.needed and not single.value.strip():
            yield Complaint(single.path, "is blank", "write the text, or take out what needs it")
        elif left := _placeholder(single.path, single.value, settings.project.meant):
            yield Complaint(
                single.path,
                f"still holds the placeholder {left[:60]!r}",
                "write what is meant: the documents print it as it stands; or list it under `project.meant`",
            )


def _placeholder(path: Path, text: str, meant: tuple[str, ...]) -> str:
    """Return the first thing in a text that is to be filled in, and that nobody says is meant."""
    compares = path[-1] in {"query", "operator"}
    found = (*MARKS.findall(text), *(() if compares else ANGLES.findall(text)))
    return next((one for one in found if one not in meant), "")


def _is_name(path: Path) -> bool:
    words = {part for part in path if isinstance(part, str)}
    return (path[0] == "data" and bool(words & COLUMNS)) or path[::3] == ("objectives", "level")
