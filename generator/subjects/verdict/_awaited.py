"""Takes a gate that waits for more rows, gives it with the day by which they come at the pace of those there are."""

import datetime
import math
from dataclasses import replace

from generator.records.decision import RECENT, Gate
from generator.records.fact import Fact, Sentence, facts_in
from generator.results.words import quantities
from generator.subjects.kit.facts import dated
from generator.subjects.kit.known import Known
from generator.subjects.verdict._judge import PATIENCE

QUANTITY = quantities(__file__)

LONGEST = 3_650
"""Days beyond which no day is named."""


def awaited(gate: Gate, at: Known) -> Gate:
    """Return the gate with that day in its remedy, or with the words that nobody can tell it."""
    wanted = next((fact for fact in facts_in(gate.remedy) if fact.id == f"gates.{gate.id}.rows_to_settle"), None)
    needed, there = None if wanted is None else wanted.number, gate.value.n or 0
    if wanted is None or needed is None or not 0 < needed <= PATIENCE * there:
        return gate
    day = _day(gate, at, needed / there)
    words: Sentence = (" (by ", day, ")") if day.value is not None else (f" (nobody can say by when: {day.reason})",)
    place = gate.remedy.index(wanted) + 1
    return replace(gate, remedy=(*gate.remedy[:place], *words, *gate.remedy[place:]))


def _day(gate: Gate, at: Known, times: float) -> Fact:
    """The window's rows took its days; as many times more rows take as many times more days."""
    window = "recent" if gate.window == RECENT else "whole"
    start, end, today = at.date(f"windows.{window}.start"), at.date(f"windows.{window}.end"), at.as_of
    value = None
    if start is not None and end is not None and today is not None:
        days = math.ceil(max(times - 1.0, 0.0) * ((end - start).days + 1))
        value = today + datetime.timedelta(days=days) if days <= LONGEST else None
    return dated(QUANTITY("gates.{id}.rows_by", id=gate.id, title=gate.title), value)
