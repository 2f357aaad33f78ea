"""Takes a measured fact and its bound, gives a gate with a verdict of three values, and what would settle it."""

from __future__ import annotations

import math
from dataclasses import replace

from generator.decide._facts import derived
from generator.decide._known import number_of
from generator.records.decision import Gate, GateVerdict
from generator.records.fact import Fact, Sentence
from generator.stats.decompose import n_to_resolve, verdict

PATIENCE = 10
"""Times the rows there are that nobody waits for."""
TURNED: dict[GateVerdict, str] = {"pass": "within", "fail": "beyond", "inconclusive": "not settled"}


def judge(
    id: str,
    title: str,
    value: Fact,
    bound: Fact,
    *,
    hard: bool,
    why: Sentence,
    remedy: Sentence,
    floor: bool = False,
    absolute: bool = False,
) -> Gate:
    """Hold the interval of a value against a bound, the least that passes where it is a floor.

    Without value, bound or interval it stays inconclusive.
    """
    low, high = _ends(value, absolute)
    limit = number_of(bound)
    settled: GateVerdict = "inconclusive"
    if limit is not None and low is not None and high is not None:
        settled = verdict(low, high, limit, larger_is_worse=not floor)
    return Gate(
        id=id,
        title=title,
        hard=hard,
        verdict=settled,
        value=value,
        bound=bound,
        why=why,
        floor=floor,
        absolute=absolute,
        remedy=_remedy(id, _sized(value, low, high) if absolute else value, bound, settled, remedy),
        evidence=(value.id, bound.id),
    )


def counted(
    id: str,
    title: str,
    value: Fact,
    bound: Fact,
    settled: GateVerdict,
    *,
    why: Sentence,
    remedy: Sentence,
    evidence: tuple[str, ...] = (),
) -> Gate:
    """Return a soft gate whose verdict follows from counts, which have no interval."""
    return Gate(
        id=id,
        title=title,
        hard=False,
        verdict=settled,
        value=value,
        bound=bound,
        why=why,
        remedy=("nothing",) if settled == "pass" else remedy,
        evidence=(value.id, bound.id, *evidence),
    )


def at_most(id: str, title: str, value: Fact, bound: Fact, *, why: Sentence, remedy: Sentence) -> Gate:
    """Return a soft gate that a count passes up to its bound."""
    count, limit = number_of(value), number_of(bound)
    settled: GateVerdict = "inconclusive"
    if count is not None and limit is not None:
        settled = "pass" if count <= limit else "fail"
    return counted(id, title, value, bound, settled, why=why, remedy=remedy)


def margin(gate: Gate) -> Fact:
    """Return how far the value stays from its bound, positive on the good side."""
    value, bound = number_of(gate.value), number_of(gate.bound)
    value = abs(value) if value is not None and gate.absolute else value
    room = None if value is None or bound is None else value - bound if gate.floor else bound - value
    return derived(
        f"gates.{gate.id}.margin",
        room,
        unit=gate.bound.unit,
        label=f"{'Value less bound' if gate.floor else 'Bound less value'}, {gate.title}",
        method="value − bound" if gate.floor else "bound − value",
        source=f"{gate.value.id}, {gate.bound.id}",
        reason=gate.value.reason or gate.bound.reason,
    )


def _ends(value: Fact, absolute: bool) -> tuple[float | None, float | None]:
    if value.low is None or value.high is None:
        return None, None
    if not absolute:
        return value.low, value.high
    inside = value.low <= 0.0 <= value.high
    return (0.0 if inside else min(abs(value.low), abs(value.high))), max(abs(value.low), abs(value.high))


def _sized(value: Fact, low: float | None, high: float | None) -> Fact:
    """Return a value whose sign does not matter by its size."""
    number = number_of(value)
    return value if number is None else replace(value, value=abs(number), low=low, high=high)


def _remedy(id: str, value: Fact, bound: Fact, settled: GateVerdict, remedy: Sentence) -> Sentence:
    """What to do; for an interval across the bound also how many rows would settle it."""
    if settled == "pass":
        return ("nothing",)
    if settled == "fail":
        return remedy
    if value.value is None:
        return (f"measure it: {value.reason}",)
    if bound.value is None:
        return (f"say what is acceptable: {bound.reason}",)
    rows = _rows_to_settle(id, value, bound)
    if rows.value is None:
        return ("measure it with an interval; ", *remedy)
    there = derived(f"gates.{id}.rows", value.n, unit="rows", label="Rows there are", source=value.id)
    if (number_of(rows) or 0) > PATIENCE * (value.n or 0):
        late: Sentence = (" cannot tell pass from fail, and waiting will not help (it takes ", rows, "); decide: ")
        return ("the ", there, *late, *remedy)
    return ("the ", there, " cannot yet tell pass from fail: wait for ", rows, ", or ", *remedy)


def _rows_to_settle(id: str, value: Fact, bound: Fact) -> Fact:
    estimate, limit = number_of(value), number_of(bound)
    known = None not in (estimate, limit, value.low, value.high, value.n)
    needed = math.nan
    if known:
        needed = n_to_resolve(value.n or 0, estimate or 0.0, value.low or 0.0, value.high or 0.0, limit or 0.0)
    finite = math.isfinite(needed)
    return derived(
        f"gates.{id}.rows_to_settle",
        int(needed) if finite else None,
        unit="rows",
        label="Rows that would settle it",
        method="present width of the interval, 80 % power",
        source=value.id,
        reason="the value stands on its bound, or its interval is not known",
    )
