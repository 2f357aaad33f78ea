"""Takes results, gives what in them contradicts itself as findings: values, claims, gates, verdict, windows, dates."""

from collections.abc import Iterator
from dataclasses import replace

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact, Sentence
from generator.records.results import Results
from generator.records.timeline import Timeline
from generator.subjects.verdict import verdict_of
from generator.subjects.verdict.gates import decide_on
from generator.subjects.windows.found import Recent

KIND = "contradiction"
HEAD = "These documents contradict themselves: "
ROUNDING = 1e-9
"""By how much, relative, a value may lie outside its bounds."""


def examined(results: Results) -> Results:
    """Return the results with a severe finding for each contradiction, which is a fault of the program."""
    found = tuple(breach for check in CHECKS for breach in check(results))
    return replace(results, findings=(*results.findings, *found)) if found else results


def _breach(id: str, words: Sentence, value: Fact | None = None, baseline: Fact | None = None) -> Finding:
    claim = Claim(what=id, relation="contradicts", value=value, baseline=baseline)
    return finding(f"{KIND}.{id}", KIND, "severe", "these documents", (HEAD, *words, "."), claim)


def _values(results: Results) -> Iterator[Finding]:
    """A value lies within its bounds."""
    for fact in results.facts.values():
        value, bounds = fact.number, fact.bounds
        if value is not None and bounds is not None:
            room = ROUNDING * max(abs(value), *map(abs, bounds))
            if not bounds[0] - room <= value <= bounds[1] + room:
                yield _breach(f"bounds.{fact.id}", (f"{fact.label} lies outside its own range, ", fact), fact)


def _claims(results: Results) -> Iterator[Finding]:
    """What a finding asserts is what its numbers say."""
    for one in results.findings:
        if one.claim.borne_out is False:
            words = f"the finding {one.id} says {one.claim.relation}, which its numbers do not"
            yield _breach(f"claim.{one.id}", (words,), one.claim.value, one.claim.baseline)


def _gates(results: Results) -> Iterator[Finding]:
    """The verdict of a gate is that of its interval and its bound."""
    for gate in results.gates:
        judged = gate.metric and gate.value.bounds and gate.bound.number is not None
        if judged and gate.verdict != verdict_of(gate.value, gate.bound.number, gate.metric):
            words = (f"the gate “{gate.title}” is told {gate.verdict} at ", gate.value, " against ", gate.bound)
            yield _breach(f"gate.{gate.id}", words, gate.value, gate.bound)


def _verdict(results: Results) -> Iterator[Finding]:
    """A hard gate that fails delays, nothing else does; what has not passed is a condition."""
    failed, delays = {gate.verdict for gate in results.gates} & {"fail"}, decide_on(results.gates) == "delay"
    if results.gates and ((results.verdict == "delay") != delays or (results.verdict == "proceed" and failed)):
        yield _breach("verdict", (f"the verdict is {results.verdict.replace('_', ' ')}, the gates say otherwise",))


def _windows(results: Results) -> Iterator[Finding]:
    """The earlier and the recent days are all days, and do not overlap."""
    recent = results.shelf.get(Recent)
    if recent is None or not {"whole", "earlier", "recent"} <= set(recent.windows):
        return
    whole, before, now = (recent.windows[name] for name in ("whole", "earlier", "recent"))
    counts = [one.rows.number for one in (whole, before, now)]
    if None not in counts and counts[0] != (counts[1] or 0.0) + (counts[2] or 0.0):
        words = ("the earlier days have ", before.rows, ", the recent ones ", now.rows, ", all together ", whole.rows)
        yield _breach("windows", words, whole.rows)


def _dates(results: Results) -> Iterator[Finding]:
    """What begins ends no sooner, and a bound that is not kept is told."""
    dates, told = results.shelf.get(Timeline) or Timeline(), {one.id for one in results.findings}
    for one in dates.dated:
        if one.end < one.start:
            yield _breach(f"date.{one.id}", (f"{one.title} ends before it begins",))
    for breach in dates.breaches:
        if f"timeline.{breach.rule}" not in told:
            yield _breach(f"timeline.{breach.rule}", (f"a bound that is not kept is told nowhere: {breach.bound}",))


CHECKS = (_values, _claims, _gates, _verdict, _windows, _dates)
