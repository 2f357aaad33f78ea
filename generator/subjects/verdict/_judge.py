"""Takes a measured fact and its bound, gives a gate with a verdict of three values, and what would settle it."""

import math
from dataclasses import replace

from generator.records.decision import Gate, GateVerdict
from generator.records.fact import Fact, Sentence
from generator.records.quality import quality
from generator.records.reason import listed
from generator.results.words import quantities
from generator.stats.decompose import n_to_resolve, verdict
from generator.subjects.kit.facts import derived

QUANTITY = quantities(__file__)

PATIENCE = 10
"""Times the rows there are that nobody waits for."""


def judge(
    id: str,
    title: str,
    value: Fact,
    bound: Fact,
    *,
    hard: bool,
    why: Sentence,
    remedy: Sentence,
    metric: str,
) -> Gate:
    """Hold the interval of a value of `metric` against a bound; without value, bound or interval it is inconclusive."""
    settled = verdict_of(value, bound.number, metric)
    return Gate(
        id=id,
        title=title,
        hard=hard,
        verdict=settled,
        value=value,
        bound=bound,
        why=why,
        metric=metric,
        remedy=_remedy(id, _sized(value, metric), bound, settled, remedy),
        evidence=(value.id, bound.id),
    )


def verdict_of(value: Fact, bound: float | None, metric: str) -> GateVerdict:
    """Return how the interval of a value of `metric` stands to a bound."""
    sized = _sized(value, metric)
    if bound is None or sized.low is None or sized.high is None:
        return "inconclusive"
    return verdict(sized.low, sized.high, bound, larger_is_worse=not quality(metric).floor)


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
    count, limit = value.number, bound.number
    settled: GateVerdict = "inconclusive"
    if count is not None and limit is not None:
        settled = "pass" if count <= limit else "fail"
    return counted(id, title, value, bound, settled, why=why, remedy=remedy)


def margin(gate: Gate) -> Fact:
    """Return how far the value stays from its bound, positive on the good side."""
    value, bound = gate.value.number, gate.bound.number
    metric = quality(gate.metric)
    room = None if value is None or bound is None else metric.room(value, bound)
    return derived(
        f"gates.{gate.id}.margin",
        room,
        unit=gate.bound.unit,
        label=f"{'Value less bound' if metric.floor else 'Bound less value'}, {gate.title}",
        method="value − bound" if metric.floor else "bound − value",
        source=f"{gate.value.id}, {gate.bound.id}",
        reason=gate.value.reason or gate.bound.reason,
    )


def _sized(value: Fact, metric: str) -> Fact:
    """Return a value whose sign does not matter by its size."""
    number = value.number
    if number is None or value.low is None or value.high is None or quality(metric).better != "zero":
        return value
    ends = sorted((abs(value.low), abs(value.high)))
    return replace(value, value=abs(number), low=0.0 if value.low <= 0.0 <= value.high else ends[0], high=ends[1])


def _remedy(id: str, value: Fact, bound: Fact, settled: GateVerdict, remedy: Sentence) -> Sentence:
    """What to do; for an interval across the bound also how many rows would settle it."""
    if settled == "pass":
        return ("nothing",)
    if settled == "fail":
        return remedy
    if value.value is None:
        return (f"measure it: {value.reason}",)
    if bound.value is None:
        return (f"say what is acceptable: {listed(bound.asks) or bound.reason}",)
    rows = _rows_to_settle(id, value, bound)
    if rows.value is None:
        return ("measure it with an interval; ", *remedy)
    there = derived(QUANTITY("gates.{id}.rows", id=id), value.n, source=value.id)
    if (rows.number or 0) > PATIENCE * (value.n or 0):
        late: Sentence = (" cannot tell pass from fail, and waiting will not help (it takes ", rows, "); decide: ")
        return ("the ", there, *late, *remedy)
    return ("the ", there, " cannot yet tell pass from fail: wait for ", rows, ", or ", *remedy)


def _rows_to_settle(id: str, value: Fact, bound: Fact) -> Fact:
    estimate, limit = value.number, bound.number
    known = None not in (estimate, limit, value.low, value.high, value.n)
    needed = math.nan
    if known:
        needed = n_to_resolve(value.n or 0, estimate or 0.0, value.low or 0.0, value.high or 0.0, limit or 0.0)
    finite = math.isfinite(needed)
    return derived(QUANTITY("gates.{id}.rows_to_settle", id=id), int(needed) if finite else None, source=value.id)
