"""Takes the levels beside their own past, gives their facts, the table, and findings of those that got worse."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.facts import estimated, number
from generator.estimates.headline import Head
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.table import Cell, Column, Mark, Table
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.segments._past import FIRST_THIRD, Past

CHANCE = 0.05
"""False discovery rate over the levels."""
TOLD = 5
NO_PAST = "no segment level has a past to be held against: no rows out of sample, and no dated thirds with enough rows"


GROUPS = {True: "entities in both taken into account", False: "rows taken as independent"}


def told(found: list[Past], head: Head, entities: bool, reason: str = NO_PAST) -> Evidence:
    """Return what became of every level; a level that is merely difficult is none that got worse."""
    adjusted = benjamini_hochberg(np.array([one.turn.p for one in found])) if found else ()
    proven = [bool(p <= CHANCE) and abs(one.size) >= one.margin for one, p in zip(found, adjusted, strict=True)]
    order = sorted(range(len(found)), key=lambda k: (not proven[k], -found[k].size, found[k].segment, found[k].name))
    facts = [_facts(found[k], head, GROUPS[entities]) for k in order]
    rows = tuple(_row(found[k], own, proven[k]) for k, own in zip(order, facts, strict=True))
    unit = head.unit if not found or found[0].log else ""
    columns = (
        Column(key="segment", label="Segment"),
        Column(key="level", label="Level"),
        Column(key="against", label="Held against"),
        Column(key="before", label="Before", unit=unit),
        Column(key="now", label="Now", unit=unit),
        Column(key="change", label="Change"),
        Column(key="status", label="Reading"),
    )
    table = Table(
        id="segments.past",
        title="Segments against their own past",
        columns=columns,
        rows=rows,
        reason="" if rows else reason,
    )
    worse = [(found[k], own) for k, own in zip(order, facts, strict=True) if proven[k] and found[k].size > 0]
    return Evidence(
        facts=tuple(fact for own in facts for fact in own), tables=(table,), findings=tuple(_findings(worse, head))
    )


def _facts(one: Past, head: Head, groups: str) -> tuple[Fact, Fact, Fact]:
    stem = f"segments.{segment_of(one.segment)}.{segment_of(one.name)}.past_"
    beyond = "" if one.log else " beyond what another share of positives brings"
    what = f"{head.metric.name.capitalize()}{beyond}, {one.segment} {one.name}"
    change = one.turn.change
    return (
        estimated(f"{stem}before", one.turn.earlier, label=f"{what}, {one.against}", unit=head.unit),
        estimated(f"{stem}now", one.turn.recent, label=f"{what}, now", unit=head.unit),
        number(
            f"{stem}change",
            change.estimate,
            low=change.low,
            high=change.high,
            n=one.turn.recent.n,
            unit="change" if one.log else head.unit,
            label=f"{what}, against {one.against}",
            method=f"{'ratio less one' if one.log else 'difference'}; {groups}",
        ),
    )


def _row(one: Past, facts: tuple[Fact, Fact, Fact], proven: bool) -> tuple[Cell, ...]:
    mark = Mark(status="info", word="no clear change")
    if proven:
        mark = Mark(status="confirmed", word="worse") if one.size > 0 else Mark(status="ok", word="better")
    return (one.segment, one.name, one.against, *facts, mark)


def _findings(worse: list[tuple[Past, tuple[Fact, Fact, Fact]]], head: Head) -> Iterator[Finding]:
    """Yield the levels that are worse than out of sample; of those that turned within these days the windows tell."""
    for one, (before, now, change) in [pair for pair in worse if pair[0].against != FIRST_THIRD][:TOLD]:
        beyond = "" if one.log else ", beyond what another share of positives brings,"
        words: Sentence = (
            f"{one.segment} {one.name}: the {head.metric.name}{beyond} is ",
            now,
            *((", against ", before, f" on {one.against} (") if math.isfinite(one.turn.earlier.value) else (" (",)),
            change,
            ").",
        )
        yield Finding(
            id=f"segments.{segment_of(one.segment)}.{segment_of(one.name)}.past",
            kind="segment",
            severity="confirmed" if one.surely else "watch",
            subject=f"{one.segment} {one.name}",
            words=words,
            evidence=(now.id, before.id, change.id),
        )
