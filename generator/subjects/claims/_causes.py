"""Takes a stated and a recomputed number that differ, gives the slip that would explain it, in words."""

import math
from collections.abc import Iterator

from generator.records.fact import Sentence
from generator.stats import rounded, stated
from generator.stats.formula import Node, names, solve
from generator.stats.rounded import Rounded, agree, exact
from generator.subjects.claims._book import Book, number_fact

FACTORS: tuple[tuple[float, str], ...] = (
    (10.0, "The two differ by a factor of ten: probably a slipped decimal point."),
    (100.0, "The two differ by a factor of a hundred: probably a share taken for a percentage."),
    (1000.0, "The two differ by a factor of a thousand: probably thousands taken for units."),
    (1e6, "The two differ by a factor of a million: probably millions taken for units."),
    (12.0, "The two differ by a factor of twelve: probably a month taken for a year."),
    (52.0, "The two differ by a factor of fifty-two: probably a week taken for a year."),
)
NET = "It is what a benefit over cost would give: the cost was not taken off, as in a return it has to be."
GROSS = "It is what a return would give: the cost was taken off, as in a ratio it must not be."
SIGN = "The sign is the other way round."


def cause(book: Book, node: Node, claimed: Rounded, found: Rounded) -> Sentence:
    """Return the first slip that would explain the difference; nothing where none does."""
    for factor, words in FACTORS:
        if agree(claimed, rounded.multiply(found, exact(factor))) or agree(
            rounded.multiply(claimed, exact(factor)), found
        ):
            return (words,)
    if abs(found.value - 1) > 0.05 and agree(claimed, rounded.add(found, exact(1.0))):
        return (NET,)
    if abs(found.value) > 0.05 and agree(claimed, rounded.subtract(found, exact(1.0))):
        return (GROSS,)
    if agree(claimed, rounded.negative(found)):
        return (SIGN,)
    return next(_replaced(book, node, claimed), ())


def _replaced(book: Book, node: Node, claimed: Rounded) -> Iterator[Sentence]:
    """Yield figures of the same quantity that would make it fit in place of the one named."""
    for name in dict.fromkeys(one.name for one in names(node)):
        if name not in book.entries:
            continue
        for other in book.alike(book.entries[name]):
            if other.number is None or other.bound:
                continue
            value = stated.attempt(node, book.with_number(name, other.number))
            if isinstance(value, Rounded) and agree(claimed, value):
                entry = book.entries[name]
                yield ("It fits with ", *other.named, " in place of ", *entry.named, ".")


def would_need(book: Book, id: str, node: Node, name: str | None, claimed: Rounded) -> Sentence:
    """Return what a figure of the formula would have to be; nothing where that was not asked for or not found."""
    if name is None:
        return ()
    value = solve(node, book.values, name, rounded.in_unit(claimed, claimed.unit).value)
    if not math.isfinite(value):
        return ()
    title = book.entries[name].title if name in book.entries else name
    now = book.values[name]
    fact = number_fact(
        f"claims.{id}.needs",
        exact(value, now.unit),
        book.unit_of(name),
        label=f"{title}, to make it fit",
        method="the formula solved for it, all else as stated",
    )
    return (
        f"To make it fit, {title[:1].lower() + title[1:]} would have to be ",
        fact,
        ", not ",
        *book.name(name)[1:],
        ".",
    )
