"""Takes the checks of stated figures, gives what a reader of two pages needs: the telling ones, and what to ask for."""

from collections.abc import Iterable, Iterator

from generator.records.fact import Fact, Sentence
from generator.records.project import Experiment, StatedFigure
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.subjects.claims._book import Book, Checked
from generator.subjects.kit.facts import derived

QUANTITY, TABLE = quantities(__file__), tables(__file__)

TELLING = ("recomputed", "basis", "method", "limit", "chronology", "average", "plan", "label", "response", "change")
"""Kinds of contradictions, those first that weigh most with somebody who is to pay."""
SHOWN = 4
ALL_HOLD = "no stated figure contradicts another"
NOTHING_TO_ASK = "everything that the checks need is stated"


def worst(every: Iterable[Checked], reason: str = ALL_HOLD) -> Table:
    """Return the largest contradiction of each telling kind."""
    rows = ((one.subject, _with_cause(one) if one.weight else one.words) for one in _telling(every))
    return TABLE("claims.worst", rows, reason=reason)


def others(every: Iterable[Checked], reason: str = ALL_HOLD) -> Table:
    """Return the contradictions that are not among the telling ones."""
    every = tuple(every)
    telling = {one.id for one in _telling(every)}
    rest = (one for one in every if one.status == "conflict" and one.id not in telling)
    rows = ((one.where or "not said", _with_cause(one)) for one in rest)
    return TABLE("claims.others", rows, reason=reason)


def _with_cause(one: Checked) -> Sentence:
    """What does not fit, and what probably lies behind it where that can be told."""
    return (*one.words, " ", *one.cause) if one.cause else one.words


def _telling(every: Iterable[Checked]) -> list[Checked]:
    conflicts = [one for one in every if one.status == "conflict"]
    of_kind = ([one for one in conflicts if one.kind == kind] for kind in TELLING)
    return [max(group, key=lambda one: one.weight) for group in of_kind if group][:SHOWN]


def asks(book: Book | None, every: Iterable[Checked], reason: str = NOTHING_TO_ASK) -> Table:
    """Return what has to be asked for before the figures can be relied on."""
    wanted = (*(_of_experiments(book) if book else ()), *_of_checks(tuple(every)))
    return TABLE("claims.asks", ((words,) for words in wanted), reason=reason)


def _of_experiments(book: Book) -> Iterator[Sentence]:
    for experiment in book.project.settings.experiments:
        if experiment.n_control is None or experiment.n_test is None:
            title = experiment.title or experiment.id
            yield (f"the rows in each arm of {title}", *_needed(book, experiment))


def _needed(book: Book, experiment: Experiment) -> Sentence:
    main = next((metric for metric in experiment.metrics if not metric.guardrail), None)
    needed = book.at.fact(f"experiments.{experiment.id}.{main.name}.rows_needed") if main else None
    if needed is None or needed.value is None:
        return ()
    return (" (", needed, " show its effect)")


def _of_checks(every: tuple[Checked, ...]) -> Iterator[Sentence]:
    if any(one.id == "benefit_gross" for one in every):
        yield ("the margin left of the revenue",)
    if any(one.id == "chronology" and one.status == "conflict" for one in every):
        yield ("which results dated after the document were measured",)
    yield from _of_assumptions(one for one in every if one.assuming and one.status == "watch")
    promised = _subjects(one for one in every if one.kind == "promise" and one.status == "unverifiable")
    if promised:
        yield (f"measurements of {promised}",)


def _of_assumptions(failing: Iterable[Checked]) -> Iterator[Sentence]:
    """Each assumption under which figures do not fit, with the first that does not."""
    first = {one.assuming: one for one in reversed(tuple(failing))}
    for assuming, one in sorted(first.items()):
        apart = (": ", one.stated, " against ", one.recomputed) if one.kind == "limit" else ()
        yield (f"whether {assuming} ({one.subject}", *apart, ")")


def _subjects(every: Iterable[Checked]) -> str:
    return ", ".join(dict.fromkeys(one.subject for one in every))


def figures(book: Book | None, reason: str) -> Table:
    """Return every figure that something states, with its basis: measured, a target, an estimate."""
    stated = (one for one in book.entries.values() if _stated(one.figure)) if book else ()
    rows = (
        (one.title, one.shown, one.where, one.figure.basis or "not said", one.figure.version or "") for one in stated
    )
    return TABLE("claims.figures", rows, reason=reason)


def _stated(figure: StatedFigure) -> bool:
    return figure.stated is not None or figure.basis is not None


def spoken_of(every: tuple[StatedFigure, ...], reason: str) -> tuple[Fact, ...]:
    """Return how many stated figures are said to be measured, how many to be targets, and how many are left open."""
    stated = [one for one in every if _stated(one)]
    counts = {
        "figures": ("Stated figures", len(stated)),
        "measured": ("Stated figures said to be measured", sum(one.basis == "measured" for one in stated)),
        "targets": ("Stated figures said to be targets", sum(one.basis == "target" for one in stated)),
        "estimates": ("Stated figures said to be estimates", sum(one.basis == "estimate" for one in stated)),
        "open": ("Stated figures without a word on their basis", sum(one.basis is None for one in stated)),
    }
    return tuple(
        derived(QUANTITY("claims.count.{id}", id=id), count if stated else None, label=label, reason=reason)
        for id, (label, count) in counts.items()
    )
