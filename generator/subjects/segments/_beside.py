"""Takes the levels beside their own past, gives each with its facts, and whether it surely got worse."""

import numpy as np

from generator.estimates.facts import estimated, number
from generator.estimates.headline import Head
from generator.records.fact import segment_of
from generator.results.words import quantities
from generator.stats.multiplicity import benjamini_hochberg
from generator.subjects.segments._past import Past
from generator.subjects.segments.found import Before

QUANTITY = quantities(__file__)

CHANCE = 0.05
"""False discovery rate over the levels."""
GROUPS = {True: "entities in both taken into account", False: "rows taken as independent"}


def beside(found: list[Past], head: Head, *, entities: bool) -> tuple[Before, ...]:
    """Return what became of every level, first those that surely differ, by how far the error rose."""
    adjusted = benjamini_hochberg(np.array([one.turn.p for one in found])) if found else ()
    proven = [bool(p <= CHANCE) and abs(one.size) >= one.margin for one, p in zip(found, adjusted, strict=True)]
    order = sorted(range(len(found)), key=lambda k: (not proven[k], -found[k].size, found[k].segment, found[k].name))
    return tuple(_before(found[k], head, GROUPS[entities], proven=proven[k]) for k in order)


def _before(one: Past, head: Head, groups: str, *, proven: bool) -> Before:
    stem = f"segments.{segment_of(one.segment)}.{segment_of(one.name)}.past_"
    beyond = "" if one.log else " beyond what another share of positives brings"
    what = f"{head.metric.name.capitalize()}{beyond}, {one.segment} {one.name}"
    change = one.turn.change
    return Before(
        segment=one.segment,
        name=one.name,
        against=one.against,
        before=estimated(
            QUANTITY("{stem}before", stem=stem, what=what, against=one.against), one.turn.earlier, unit=head.unit
        ),
        now=estimated(QUANTITY("{stem}now", stem=stem, what=what), one.turn.recent, unit=head.unit),
        change=number(
            QUANTITY("{stem}change", stem=stem, what=what, against=one.against),
            change.estimate,
            low=change.low,
            high=change.high,
            n=one.turn.recent.n,
            unit="change" if one.log else head.unit,
            method=f"{'ratio less one' if one.log else 'difference'}; {groups}",
        ),
        relative=one.log,
        proven=proven,
        rose=one.size > 0,
        surely=one.surely,
    )
