"""Takes the loss sums, gives who gets another prediction from this version than from the one before, by how much."""

import math
from collections.abc import Iterator
from dataclasses import replace

from generator.estimates.facts import NO_LABELS, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import BIAS, COLUMN, Ratio, Sums, estimate
from generator.estimates.paired import paired
from generator.estimates.whole import all_rows, of_level
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_of, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell
from generator.results.words import quantities, tables

QUANTITY, TABLE = quantities(__file__), tables(__file__)

MOVED = Ratio(top="moved", bottom="switch_n", square="moved", log=False)
SWITCH = Ratio(top="switch", bottom="switch_n", square="switch2", log=False)
FEWEST = 30
"""Rows of a level that is told alone."""
NONE = lacking("no previous version to score", "model.previous.path", file=PROJECT)
UNEQUAL = "the version before did not score every row whose outcome is known"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the share of predictions that move, the level of both versions, and both by segment level."""
    sums, head, unit = all_rows(ledger), head_of(ledger, target_unit(project)), target_unit(project)
    both = sums if sums is not None and sums.total("switch_n") else None
    moved = _moved("successor.moved", "all rows", both, ledger, project)
    facts = [moved, _any(moved), *_levels(both, unit)]
    rows = () if both is None else tuple(_rows(project, ledger, head, unit))
    return Evidence(
        facts=(*facts, *facts_of(rows)),
        tables=(TABLE("successor.segments", rows, reason=NONE, unit=unit),),
    )


def _meaning(ledger: Ledger, project: Project) -> str:
    """Return what counts as another prediction."""
    if not ledger.plan.binary:
        return "moved by more than a tenth of the previous prediction, same rows"
    threshold = project.settings.decision.threshold
    return "moved by more than 0.1, same rows" if threshold is None else "crossed the threshold in use, same rows"


def _moved(id: str, where: str, sums: Sums | None, ledger: Ledger, project: Project) -> Fact:
    label = f"Share of predictions that the new version moves, {where}"
    if sums is None:
        return number(f"{id}.share", math.nan, label=label, unit="share", reason=NONE)
    found = estimate(MOVED, sums)
    return number(
        f"{id}.share",
        found.value,
        label=label,
        unit="share",
        low=max(found.low, 0.0),
        high=min(found.high, 1.0),
        n=sums.total("switch_n"),
        method=_meaning(ledger, project),
    )


def _any(moved: Fact) -> Fact:
    """Return whether any prediction moves."""
    id, label = "successor.moved.any", "The new version moves a prediction"
    if moved.value is None:
        return missing(id, moved.reason, label=label, unit="flag")
    return Fact(
        id=id,
        value=moved.number is not None and moved.number > 0,
        label=label,
        unit="flag",
        method=moved.method,
        source=moved.id,
    )


def _levels(sums: Sums | None, unit: str) -> Iterator[Fact]:
    """Yield by how much each version lies off the outcomes on average, and how much farther the new one does."""
    own_label, old_label = "Mean error, this version", "Mean error, previous version"
    label = "How much farther off the new version is on average"
    if sums is None or sums.total("previous_n") != sums.total("n"):
        reason = NONE if sums is None else UNEQUAL
        for key, each in (("own", own_label), ("previous", old_label), ("farther", label)):
            yield number(f"successor.level.{key}", math.nan, label=each, unit=unit, reason=reason)
        return
    own, switch, n = estimate(BIAS, sums).value, estimate(SWITCH, _labelled(sums)), sums.total("n")
    before = own - switch.value
    yield number(QUANTITY("successor.level.own"), own, label=own_label, unit=unit, n=n)
    yield number(QUANTITY("successor.level.previous"), before, label=old_label, unit=unit, n=n)
    ends = [abs(own) - abs(own - end) for end in (switch.low, switch.value, switch.high)]
    yield number(
        QUANTITY("successor.level.farther"), ends[1], label=label, unit=unit, low=min(ends), high=max(ends), n=n
    )


def _labelled(sums: Sums) -> Sums:
    """Return the sums with the switch of the rows alone whose outcome is known: the difference of both errors."""
    kept = sums.total("previous_n") / sums.total("switch_n")
    made = []
    for each in (sums.group, sums.day):
        part = each.copy()
        part[:, COLUMN["switch"]] = each[:, COLUMN["e"]] - each[:, COLUMN["previous_e"]]
        part[:, COLUMN["switch_n"]] = each[:, COLUMN["previous_n"]]
        part[:, COLUMN["switch2"]] *= kept
        made.append(part)
    return replace(sums, group=made[0], day=made[1])


def _rows(project: Project, ledger: Ledger, head: Head, unit: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the segment levels, the largest change first."""
    hidden = {segment.name for segment in ledger.plan.segments if segment.hidden}
    places = [(place, cell) for place, cell in enumerate(ledger.plan.cells) if cell[0] not in hidden]
    found = [(cell, sums) for place, cell in places if (sums := of_level(ledger, place)) is not None]
    kept = [(cell, sums, estimate(SWITCH, sums)) for cell, sums in found if sums.total("switch_n") >= FEWEST]
    for (segment, level), sums, switch in sorted(kept, key=lambda each: -abs(each[2].value)):
        id, where = f"successor.{segment_of(segment)}.{segment_of(level)}", f"{segment} {level}"
        n = sums.total("switch_n")
        change = number(
            QUANTITY("{id}.change", id=id, where=where),
            switch.value,
            unit=unit,
            low=switch.low,
            high=switch.high,
            n=n,
            method=switch.method,
        )
        rows = number(QUANTITY("{id}.rows", id=id, where=where), n)
        yield segment, level, rows, _moved(id, where, sums, ledger, project), change, _gain(id, where, sums, head)


def _gain(id: str, where: str, sums: Sums, head: Head) -> Fact:
    """Return the error against that of the version before in one segment level."""
    label = f"{head.metric.name.capitalize()} against the previous version, {where}"
    known = sums.group[:, COLUMN["previous_n"]].sum() > 0
    if not known:
        return number(f"{id}.gain", math.nan, label=label, unit="change", reason=NO_LABELS)
    found = paired("previous", sums, head.ratio)
    low, high = found.low - 1, found.high - 1
    return number(
        f"{id}.gain", found.value - 1, label=label, unit="change", low=low, high=high, n=found.n, method=found.method
    )


ANALYSIS = Analysis(id="successor", title="New version against the one before", run=run)
