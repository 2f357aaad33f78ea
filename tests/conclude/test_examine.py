"""What contradicts itself is told as a severe finding, whatever part of the results it is in; else nothing is."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from generator.conclude import examined
from generator.records.decision import GateVerdict
from generator.records.evidence import Claim
from generator.records.fact import SAMPLING, Fact
from generator.records.results import Results
from generator.records.timeline import Breach, Dated, Timeline
from generator.subjects.windows.found import DayWindow, Recent
from tests.compose.sample import results

DAY = datetime.date(2026, 10, 1)
LOW, HIGH = Fact(id="low", value=1.0), Fact(id="high", value=2.0)


def dates(*dated: Dated, breaches: tuple[Breach, ...] = ()) -> Results:
    found = results()
    return replace(found, shelf=found.shelf.added(Timeline(dated=dated, breaches=breaches)))


def activity(end: datetime.date) -> Dated:
    return Dated(id="run", kind="run", title="Retraining", start=DAY, end=end, fixed="")


def breach() -> Breach:
    return Breach(rule="gap", activity="run", bound="52 days", day=DAY, over=1, times=1, repair="", repair_days=1)


def windows(rows: int) -> Results:
    def window(number: int) -> DayWindow:
        fact = Fact(id=f"rows{number}", value=number)
        return DayWindow(start=fact, end=fact, days=fact, rows=fact)

    named = {"whole": window(30), "earlier": window(20), "recent": window(rows)}
    found = results()
    fields: dict[str, Any] = {name: () for name in Recent.__dataclass_fields__} | {"windows": named}
    return replace(found, shelf=found.shelf.added(Recent(**fields)))


def claimed(value: Fact, baseline: Fact) -> Results:
    found = results()
    claim = Claim(what="rmse", relation="above", value=value, baseline=baseline)
    return replace(found, findings=(replace(found.findings[0], claim=claim),))


def judged(low: float, high: float, verdict: GateVerdict) -> Results:
    found = results()
    value = Fact(id="v", value=(low + high) / 2, low=low, high=high, range=SAMPLING)
    gate = replace(found.gates[0], metric="rmse", value=value, bound=Fact(id="b", value=10.0), verdict=verdict)
    return replace(found, gates=(gate,), verdict="not_enough" if verdict == "inconclusive" else "proceed")


def bounded(value: float) -> Results:
    found = results()
    return replace(found, facts={**found.facts, "x": Fact(id="x", value=value, low=1.0, high=2.0, range=SAMPLING)})


SOUND: dict[str, Callable[[], Results]] = {
    "the sample": results,
    "a value at its bound": lambda: bounded(2.0 + 1e-12),
    "a claim": lambda: claimed(HIGH, LOW),
    "a gate": lambda: judged(8.0, 9.0, "pass"),
    "windows": lambda: windows(10),
    "dates": lambda: dates(activity(DAY)),
}
FALSE: dict[str, tuple[Callable[[], Results], str]] = {
    "a value beyond its bounds": (lambda: bounded(2.1), "bounds.x"),
    "a claim of what is not": (lambda: claimed(LOW, HIGH), "claim.finding.rmse"),
    "a gate that passes beyond its bound": (lambda: judged(11.0, 12.0, "pass"), "gate.gate.rmse"),
    "a gate that passes in part": (lambda: judged(8.0, 12.0, "pass"), "gate.gate.rmse"),
    "a launch over a hard gate that fails": (lambda: judged(11.0, 12.0, "fail"), "verdict"),
    "a delay without one": (lambda: replace(judged(8.0, 9.0, "pass"), verdict="delay"), "verdict"),
    "windows that overlap": (lambda: windows(11), "windows"),
    "an end before its start": (lambda: dates(activity(DAY - datetime.timedelta(days=1))), "date.run"),
    "a bound that is kept from the reader": (lambda: dates(activity(DAY), breaches=(breach(),)), "timeline.gap"),
}


def told(found: Results) -> list[str]:
    return [one.id for one in examined(found).findings if one.kind == "contradiction"]


@pytest.mark.parametrize("what", SOUND)
def test_what_holds_together_is_left_as_it_is(what: str) -> None:
    found = SOUND[what]()
    assert examined(found) is found


@pytest.mark.parametrize("what", FALSE)
def test_a_contradiction_is_told(what: str) -> None:
    made, id = FALSE[what]
    assert told(made()) == [f"contradiction.{id}"]
    assert {one.severity for one in examined(made()).findings if one.kind == "contradiction"} == {"severe"}
