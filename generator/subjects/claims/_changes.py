"""Takes changes stated in per cent or in points, gives what they are: relative, in points, ambiguous, or neither."""

from collections.abc import Iterator

from generator.records.fact import Fact, Sentence
from generator.stats import rounded
from generator.stats.rounded import ArithmeticRefusal, Rounded, agree, exact
from generator.subjects.claims._book import Book, Checked, Entry, number_fact
from generator.subjects.claims._sums import difference

PERCENT = ("share", "change")


def changes(book: Book) -> Iterator[Checked]:
    """Yield a check for every stated change of one figure to another, or from one alone."""
    for entry in book.entries.values():
        origin, end = entry.figure.change_from, entry.figure.change_to
        if origin is None or entry.number is None or origin not in book.values:
            continue
        try:
            if end is not None and end in book.values:
                yield _between(book, entry, origin, end)
            elif end is None and _two_readings(book, entry, origin):
                yield _ambiguous(book, entry, origin)
        except ArithmeticRefusal as error:
            yield Checked(
                id=f"{entry.id}.change",
                kind="change",
                subject=entry.title,
                where=entry.where,
                status="unverifiable",
                figures=(entry.id, origin),
                words=(f"{entry.title} cannot be checked: the change {error}.",),
            )


def _two_readings(book: Book, entry: Entry, origin: str) -> bool:
    """A change in per cent of something that is itself in per cent may be relative or in points."""
    return entry.unit in PERCENT and book.unit_of(origin) == "share" and entry.figure.reading is None


def _between(book: Book, entry: Entry, origin: str, end: str) -> Checked:
    first, last, claimed = book.values[origin], book.values[end], entry.number
    assert claimed is not None
    if entry.unit not in PERCENT:
        return _told(book, entry, origin, end, rounded.subtract(last, first), "difference", entry.unit)
    relative = rounded.subtract(rounded.divide(last, first), exact(1.0))
    if entry.figure.reading == "points":
        return _told(book, entry, origin, end, rounded.subtract(last, first), "difference", "points")
    in_points = rounded.subtract(last, first)
    if _two_readings(book, entry, origin) and points_as_percent(claimed, in_points, relative):
        return _points_as_percent(book, entry, origin, end, in_points, relative)
    return _told(book, entry, origin, end, relative, "relative change", "change")


def points_as_percent(claimed: Rounded, in_points: Rounded, relative: Rounded) -> bool:
    """Return whether a change in per cent is the one in points: it fits, and the relative one is not what is shown.

    Where few digits are printed both may fit within rounding; then the relative change itself decides.
    """
    nearer = abs(claimed.value - in_points.value) < abs(claimed.value - relative.value)
    return agree(claimed, in_points) and nearer and not claimed.low <= relative.value <= claimed.high


def _told(book: Book, entry: Entry, origin: str, end: str, found: Rounded, what: str, unit: str) -> Checked:
    claimed = entry.number
    assert claimed is not None
    fits = agree(claimed, found)
    result = number_fact(f"claims.{entry.id}.recomputed", found, unit, label=f"{entry.title}, recomputed")
    apart = difference(entry.id, claimed, found, unit)
    told: Sentence = (
        *entry.named,
        "; the ",
        what,
        " from ",
        *book.name(origin)[1:],
        " to ",
        *book.name(end)[1:],
        " is ",
        result,
        ".",
    )
    return Checked(
        id=entry.id,
        kind="change",
        subject=entry.title,
        where=entry.where,
        status="ok" if fits else "conflict",
        figures=(entry.id, origin, end),
        stated=entry.shown,
        recomputed=result,
        difference=apart,
        words=told,
        weight=abs(claimed.value - found.value),
        facts=_stated(entry, unit),
    )


def _stated(entry: Entry, unit: str) -> tuple[Fact, ...]:
    return (
        number_fact(
            f"claims.{entry.id}.stated",
            entry.number,
            unit,
            label=f"{entry.title}, stated as {entry.id}",
            method="as printed",
        ),
    )


def _points_as_percent(
    book: Book, entry: Entry, origin: str, end: str, in_points: Rounded, relative: Rounded
) -> Checked:
    points = number_fact(f"claims.{entry.id}.recomputed", in_points, "points", label=f"{entry.title}, in points")
    share = number_fact(f"claims.{entry.id}.relative", relative, "change", label=f"{entry.title}, relative")
    told: Sentence = (
        *entry.named,
        ", written in per cent; from ",
        *book.name(origin)[1:],
        " to ",
        *book.name(end)[1:],
        " it is ",
        points,
        " or, relative, ",
        share,
        ".",
    )
    return Checked(
        id=entry.id,
        kind="unit",
        subject=entry.title,
        where=entry.where,
        status="watch",
        figures=(entry.id, origin, end),
        stated=entry.shown,
        recomputed=points,
        words=told,
        cause=("Percentage points are written as per cent.",),
        facts=_stated(entry, "points"),
    )


def _ambiguous(book: Book, entry: Entry, origin: str) -> Checked:
    first, claimed = book.values[origin], entry.number
    assert claimed is not None
    unit = book.unit_of(origin)
    relative = number_fact(
        f"claims.{entry.id}.if_relative",
        rounded.multiply(first, rounded.add(exact(1.0), claimed)),
        unit,
        label=f"{entry.title}, if relative",
    )
    points = number_fact(
        f"claims.{entry.id}.if_points",
        rounded.add(first, claimed),
        unit,
        label=f"{entry.title}, if in points",
    )
    told: Sentence = (
        *entry.named,
        ", without saying of what: from ",
        *book.name(origin)[1:],
        " it leads to ",
        relative,
        " if relative, to ",
        points,
        " if in percentage points.",
    )
    return Checked(
        id=f"{entry.id}.reading",
        kind="unit",
        subject=entry.title,
        where=entry.where,
        status="watch",
        figures=(entry.id, origin),
        stated=entry.shown,
        recomputed=(relative, " or ", points),
        words=told,
        cause=("The unit is ambiguous.",),
    )
