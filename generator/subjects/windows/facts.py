"""Takes what is found of the windows, gives its facts, tables, and what changed of late as findings."""

from collections.abc import Iterator

from generator.estimates.features import table
from generator.estimates.windows import NAMES, NO_DATES
from generator.records.evidence import ALL_ROWS, Claim, Evidence, Finding, Scope, finding
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.headline import Headline, named
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import columns, tables
from generator.subjects.windows.found import Recent, TeamLevel, Turned

TABLE = tables(__file__)

CHANCE, TOLD, WORST = 0.05, 5, 3
"""Chance at which a rise counts as one; levels told one by one, the table has them all; levels a summary names."""
PAIRED = "needs labelled rows in both the earlier and the recent days"
NONE_WORSE = "no group is worse in the recent days beyond chance and margin"


def show(found: Recent) -> Evidence:
    """Return every fact, the windows, the levels, and findings of all rows and of levels."""
    head, worse = named(found.headline), tuple(level for level in found.levels if level.worse)
    title, reason = "Segments that are worse in the recent days", NONE_WORSE if found.levels else PAIRED
    return Evidence(
        facts=tuple(facts_of(found)),
        tables=(
            _windows(found),
            _levels(found, "segments", "Segments in the recent against the earlier days", found.levels, PAIRED),
            _levels(found, "worse", title, worse, reason),
            _levels(found, "worst", title, worse[:WORST], reason),
        ),
        findings=(*_overall(found, head), *(_of_level(level, head) for level in worse[:TOLD])),
    )


def _windows(found: Recent) -> Table:
    cut = ((title, found.windows[name]) for name, title in NAMES.items() if name in found.windows)
    rows = ((title, one.start, one.end, one.days, one.rows) for title, one in cut)
    return TABLE("windows.all", rows, reason=NO_DATES)


def _levels(found: Recent, id: str, title: str, levels: tuple[TeamLevel, ...], reason: str) -> Table:
    name = named(found.headline).name.capitalize()
    heads = (
        *columns("segment: Segment", "level: Level"),
        Column(key="earlier", label=f"{name}, earlier days", unit=found.unit),
        Column(key="recent", label=f"{name}, recent days", unit=found.unit),
        *columns("change: Change (change)", "status: Reading"),
    )
    return table(f"windows.{id}", title, heads, map(_row, levels), reason=reason)


def _row(level: TeamLevel) -> tuple[Cell, ...]:
    mark = Mark(status="info", word="no clear change")
    if level.proven:
        mark = Mark(status="confirmed", word="worse") if level.worse else Mark(status="ok", word="better")
    return (level.segment, level.name, level.turned.earlier, level.turned.recent, level.turned.change, mark)


def _overall(found: Recent, head: Headline) -> Iterator[Finding]:
    """Yield whether the recent days are beyond what is acceptable or worse than those before."""
    own, limit = found.overall, found.acceptable
    if limit.number is not None and own.recent.low is not None and own.recent.low > limit.number:
        words: Sentence = (_was(head), own.recent, ", above the acceptable ", limit, ".")
        yield finding(own.recent.id, "performance", "severe", head.metric, words, _recent(head, own.recent, limit))
    elif own.change.low is not None and own.change.low > 0 and own.matters and own.p is not None and own.p <= CHANCE:
        words = (_was(head), *_against(own))
        yield finding(
            own.recent.id, "performance", "confirmed", head.metric, words, _recent(head, own.recent, own.earlier)
        )


def _of_level(level: TeamLevel, head: Headline) -> Finding:
    own, where = level.turned, f"{level.segment} {level.name}"
    words = (f"{where}: i{_was(head)[1:]}", *_against(own))
    claim = _recent(head, own.recent, own.earlier, Scope(segment=level.segment, level=level.name))
    return finding(own.recent.id, "segment", "confirmed", where, words, claim)


def _recent(head: Headline, recent: Fact, held: Fact, scope: Scope = ALL_ROWS) -> Claim:
    return Claim(what=head.metric, relation="above", value=recent, baseline=held, window="recent", scope=scope)


def _was(head: Headline) -> str:
    return f"In the recent days the {head.name} was "


def _against(own: Turned) -> Sentence:
    return (own.recent, ", against ", own.earlier, " in the earlier ones (", own.change, ").")
