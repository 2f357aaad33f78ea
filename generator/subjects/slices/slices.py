"""Which rows err more than others of their kind: all pairs of features searched, the worst tested on other entities."""

import math
from collections.abc import Iterator

from generator.estimates.facts import NO_LABELS, personal, target_unit
from generator.estimates.features import counted, evidence, measured
from generator.estimates.headline import Head, head_of
from generator.estimates.whole import all_rows
from generator.records.cells import Slicing
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Mark
from generator.results.words import quantities, tables
from generator.stats.grid import atom
from generator.subjects.slices._search import CARRIED, MARGIN, Slice, search

QUANTITY, TABLE = quantities(__file__), tables(__file__)

PARTS = {
    2: ("lowest part", "highest part"),
    3: ("lowest part", "middle part", "highest part"),
    4: ("lowest part", "second part", "third part", "highest part"),
    5: ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth"),
}
"""What the parts of a feature are called, by how many cuts at its fifths leave."""
TOLD = 5
METHOD = "searched among even {} groups, estimated in odd ones; against others at the same tenths of the predictions"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the slices that err more than the other rows, and how many were looked at."""
    head, whole = head_of(ledger, target_unit(project)), all_rows(ledger)
    sums = ledger.production.slices
    if sums is None or whole is None:
        reason = NO_LABELS if whole is None else "fewer than two features to cut rows by"
        counts = (missing(f"slices.count.{key}", reason, unit="count") for key in ("searched", "tested", "confirmed"))
        nothing = (TABLE("slices.confirmed", (), reason=reason), TABLE("slices.all", (), reason=reason))
        return evidence(counts, nothing)
    searched, found = search(sums)
    hidden = personal(project)
    found = tuple(one for one in found if not hidden & {sums.features[feature].feature for feature, _ in one.parts})
    edges = {fact.id: fact for cut in sums.features for fact in _edges(cut)}
    told = [ToldSlice(one, sums.features, head, edges, ledger.entity_groups) for one in found]
    sure = [one for one in told if one.slice.confirmed]
    facts = (
        counted(QUANTITY("slices.count.searched"), searched),
        counted(QUANTITY("slices.count.tested"), len(told)),
        counted(
            QUANTITY("slices.count.confirmed"),
            len(sure),
            method=f"root of squared error at least {MARGIN:.0%} above that of others; 5 % false discoveries",
        ),
    )
    none = "no group of rows surely errs more than the others" if told else "no group of rows stands out"
    tables = (
        TABLE("slices.confirmed", (one.row() for one in sure), reason=none),
        TABLE("slices.all", (one.row() for one in told[:CARRIED]), reason=none),
    )
    return evidence((*facts, *(fact for one in told for fact in one.facts())), tables, tuple(_findings(sure)))


class ToldSlice:
    """A slice with its words and facts."""

    def __init__(
        self, one: Slice, features: tuple[Slicing, ...], head: Head, edges: dict[str, Fact], entities: bool
    ) -> None:
        self.slice, self.edges, unit, error = one, edges, head.unit, head.metric.name
        how = METHOD.format("entity" if entities else "row") + ("" if entities else "; rows taken as independent")
        power = 1.0 if head.ratio.root else 2.0  # the search compares roots; a Brier score is told as it is
        self.error = error
        self.cuts = [(features[feature], part) for feature, part in one.parts]
        self.name = ", ".join(f"{cut.feature} {part_name(cut, part)}" for cut, part in self.cuts)
        self.id = f"slices.{segment_of(self.name)}"
        self.excess = measured(
            QUANTITY("{id}.excess", id=self.id, error=error.capitalize(), name=self.name),
            math.expm1(power * one.log_ratio),
            n=one.held_out,
            method=how,
            low=math.expm1(power * one.low),
            high=math.expm1(power * one.high),
        )
        self.n = measured(QUANTITY("{id}.n", id=self.id, name=self.name), one.rows)
        self.rmse, self.rest = (
            measured(
                QUANTITY("{id}.{key}", id=self.id, key=key, error=error.capitalize(), words=words, name=self.name),
                value**power,
                unit=unit,
                method=how,
            )
            for key, value, words in (("rmse", one.rmse, "of held-out rows"), ("rest", one.rest, "of the others"))
        )

    def words(self) -> Sentence:
        """Return which rows these are, with the limits of numbers."""
        words: list[str | Fact] = []
        for cut, part in self.cuts:
            words += [", " if words else "", f"{cut.feature} {part_name(cut, part)}", *_limits(cut, part, self.edges)]
        return tuple(words)

    def facts(self) -> Iterator[Fact]:
        yield from (self.excess, self.n, self.rmse, self.rest)

    def row(self) -> tuple[Cell, ...]:
        """Return the row of a table."""
        status = Mark(status="confirmed", word="surely worse") if self.slice.confirmed else UNSURE
        return (self.words(), self.n, self.rmse, self.rest, self.excess, status)


UNSURE = Mark(status="info", word="not confirmed")


def part_name(cut: Slicing, part: int) -> str:
    """Return a part in words: a level, or which fifth of the training rows."""
    if not cut.cuts or part == len(cut.cuts) + 1:
        return cut.parts[part]
    return PARTS[len(cut.cuts) + 1][part]


def _edges(cut: Slicing) -> Iterator[Fact]:
    for place, value in enumerate(cut.cuts):
        yield measured(
            _edge(cut, place), atom(value), label=f"Limit between parts of {cut.feature}", method="quantile of training"
        )


def _edge(cut: Slicing, place: int) -> str:
    return f"slices.cuts.{segment_of(cut.feature)}.{place}"


def _limits(cut: Slicing, part: int, edges: dict[str, Fact]) -> Sentence:
    if not cut.cuts or part == len(cut.cuts) + 1:
        return ()
    if part == 0:
        return (" (up to " if atom(cut.cuts[0]) < cut.cuts[0] else " (below ", edges[_edge(cut, 0)], ")")
    low, above = edges[_edge(cut, part - 1)], atom(cut.cuts[part - 1]) < cut.cuts[part - 1]
    return (
        (" (above " if above else " (from ", low, ")")
        if part == len(cut.cuts)
        else (" (", low, " to ", edges[_edge(cut, part)], ")")
    )


def _findings(sure: list[ToldSlice]) -> Iterator[Finding]:
    for one in sure[:TOLD]:
        yield finding(
            one.id,
            "segment",
            "confirmed",
            one.name,
            (
                *one.words(),
                f": the {one.error} is ",
                one.rmse,
                " on rows that were not searched, ",
                one.excess,
                " against other rows of like prediction; ",
                one.n,
                " in all.",
            ),
            Claim(what=one.error, relation="above", value=one.excess),
        )


ANALYSIS = Analysis(id="slices", title="Groups of rows that err more", run=run)
