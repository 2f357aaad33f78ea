"""Settings → segments whose tiers do not fit their quantiles, and limits for segments that do not exist."""

from collections.abc import Iterator
from itertools import pairwise

from generator.load.complaint import Complaint, Path
from generator.load.keys import nearest
from generator.records.project import Segment, Settings


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every segment that cannot be formed."""
    seen: set[str] = set()
    for number, segment in enumerate(settings.data.segments):
        path: Path = ("data", "segments", number)
        name = segment.name or segment.column
        if name in seen:
            yield Complaint(
                (*path, "name" if segment.name else "column"),
                f"is {name!r} for the second time",
                "give one of them another `name`",
            )
        seen.add(name)
        if segment.column == settings.data.target:
            yield Complaint(
                (*path, "column"),
                "is the target, which is not known when a prediction is made",
                "split by a column that is known then",
            )
        yield from _tiers(path, segment)
    yield from _limits(settings)
    yield from _fairness(settings)


def _fairness(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for limits on gaps that nothing in this project can have."""
    limits, path = settings.objectives.fairness, ("objectives", "fairness")
    depends = (("data", "segments"),)
    if limits != type(limits)() and not any(segment.sensitive for segment in settings.data.segments):
        what = "limits gaps between groups of people, and no segment is marked as such"
        yield Complaint(path, what, "write `sensitive: true` at a segment of `data.segments`", depends)
    for key in ("acted", "missed"):
        if getattr(limits, key) is not None and settings.data.task != "binary":
            what = f"limits the share {key}, and nobody is acted on by a model of numbers"
            yield Complaint((*path, key), what, "limit `error` or `bias`", (("data", "task"),))


def _tiers(path: Path, segment: Segment) -> Iterator[Complaint]:
    cuts = segment.quantiles
    depends = ((*path, "quantiles"), (*path, "tiers"))
    for number, cut in enumerate(cuts):
        if not 0 < cut < 1:
            what = f"is {cut:g}, which is no quantile"
            yield Complaint((*path, "quantiles", number), what, "write a share such as 0.25")
    if any(low >= high for low, high in pairwise(cuts)):
        yield Complaint((*path, "quantiles"), "do not rise", f"write {list(sorted(set(cuts)))}")
    if not cuts and segment.tiers:
        yield Complaint((*path, "tiers"), "have no quantiles that divide them", "declare `quantiles`", depends)
    elif cuts and len(segment.tiers) != len(cuts) + 1:
        what = f"do not fit: {len(cuts)} quantiles make {len(cuts) + 1} tiers, {len(segment.tiers)} are named"
        yield Complaint(
            (*path, "tiers" if segment.tiers else "quantiles"),
            what,
            "name the tiers from the lowest to the highest",
            depends,
        )
    if len(set(segment.tiers)) < len(segment.tiers):
        yield Complaint((*path, "tiers"), "name a tier twice", "give each its own name")


def _limits(settings: Settings) -> Iterator[Complaint]:
    segments = settings.data.segments
    known = {name: segment for segment in segments for name in (segment.column, segment.name) if name}
    for number, limit in enumerate(settings.objectives.critical_segments):
        path: Path = ("objectives", "critical_segments", number)
        depends = (("data", "segments"),)
        if limit.segment not in known:
            near = nearest(limit.segment, known)
            what = f"is {limit.segment[:80]!r}, which `data.segments` does not declare"
            cure = f"did you mean {near}?" if near else "declare it under `data.segments`"
            yield Complaint((*path, "segment"), what, cure, depends)
        elif (tiers := known[limit.segment].tiers) and limit.level not in tiers:
            yield Complaint(
                (*path, "level"),
                f"is {limit.level[:80]!r}, which is no tier of {limit.segment}",
                f"its tiers are {', '.join(tiers)}",
                depends,
            )
