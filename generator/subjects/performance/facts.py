"""Takes what is found of the errors, gives its facts, tables, and findings."""

import math
from collections.abc import Iterator

from generator.estimates.facts import NO_LABELS
from generator.estimates.pairs import summary
from generator.estimates.windows import NAMES, NO_THIRDS
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.headline import BINARY, METRIC, Headline
from generator.records.table import Cell, Mark, Table
from generator.results.words import tables
from generator.subjects.performance.found import Performance, Rival, Third

TABLE = tables(__file__)

OTHERS = {"benchmark": "Naive benchmark", "previous": "Previous version"}


def show(found: Performance) -> Evidence:
    """Return every fact, the metrics against validation, days and thirds, the other predictions, and findings."""
    return Evidence(
        facts=(*_named(found.name), *facts_of(found)),
        tables=(
            summary("performance.summary", "Errors against validation", found.metrics),
            _daily(found),
            _thirds(found),
            _compare(found),
        ),
        findings=(*_risen(found), *_worse(found), *found.contradictions),
    )


def _named(head: Headline) -> Iterator[Fact]:
    """Yield the metric that is spoken of first, how a sentence calls it and how a heading does."""
    for key, value in {"": head.metric, ".name": head.name, ".title": head.title}.items():
        label = f"Metric that is spoken of first{', ' if key else ''}{key[1:]}"
        yield Fact(id=f"{METRIC}{key}", value=value, label=label, origin="derived", source="data.task")


def _daily(found: Performance) -> Table:
    rows: Iterator[tuple[Cell, ...]] = ((day.date.isoformat(), day.rows, *day.values.values()) for day in found.days)
    error, own, unit = found.name.title, found.unit, found.target_unit
    return TABLE("performance.daily", rows, reason=found.dayless, error=error, own=own, unit=unit)


def _thirds(found: Performance) -> Table:
    told = [third for third in found.thirds if third.error.value is not None]
    rows = (_third(third, told[0].error, rated=found.headline == BINARY.metric) for third in told)
    return TABLE("performance.thirds", rows, reason=NO_THIRDS, error=found.name.title)


def _third(third: Third, first: Fact, *, rated: bool) -> tuple[Cell, ...]:
    shown = (NAMES[third.window], third.rows or (), third.error)
    if third.change is None:
        return (*shown, (), ())
    return (*shown, third.change, moved(third.error, first, rated=rated))


def moved(error: Fact, first: Fact, *, rated: bool) -> Mark:
    """Return how an error reads against the first; `rated` ones move with the share of positives: more is not worse."""
    if _above(error, first):
        return Mark(status="watch", word="higher") if rated else Mark(status="confirmed", word="worse")
    if _above(first, error):
        return Mark(status="info", word="lower") if rated else Mark(status="ok", word="better")
    return Mark(status="info", word="no clear change")


def _above(one: Fact, other: Fact) -> bool:
    """Return whether one third is surely above another, by the interval of their difference (Zou & Donner 2008)."""
    upper, lower = one.number, other.number
    if upper is None or lower is None or one.low is None or other.high is None:
        return False
    return upper - lower > math.hypot(upper - one.low, other.high - lower)


def _compare(found: Performance) -> Table:
    rows: list[tuple[Cell, ...]] = []
    if found.own is not None:
        rivals = zip(OTHERS.values(), (found.benchmark, found.previous), strict=True)
        rows = [("This model", found.own.error, found.own.mae, (), ())]
        rows += [_rival(who, rival) for who, rival in rivals if rival.errors.error.value is not None]
    return TABLE("performance.compare", rows, reason=NO_LABELS, error=found.name.title)


def _rival(who: str, rival: Rival) -> tuple[Cell, ...]:
    low, high = rival.gain.low, rival.gain.high
    reading = Mark(status="info", word="no clear difference")
    if low is None or high is None:
        reading = Mark(status="info", word="no interval")
    elif high < 0:
        reading = Mark(status="ok", word="this model is better")
    elif low > 0:
        reading = Mark(status="confirmed", word="this model is worse")
    return (who, rival.errors.error, rival.errors.mae, rival.gain, reading)


def _risen(found: Performance) -> Iterator[Finding]:
    """Yield that the headline metric rose since validation."""
    validation, production, change = found.head.validation, found.head.production, found.head.change
    if change.low is None or change.low <= 0:
        return
    where = "in validation" if validation.origin == "declared" else "on held-out rows"
    words: Sentence = (
        f"The {found.name.name} rose from ",
        validation,
        f" {where} to ",
        production,
        " in production (",
        change,
        ")",
        *_beyond(found),
        ".",
    )
    severity: Severity = "confirmed" if _matters(found) else "watch"
    yield finding(
        f"performance.{found.headline}.rise",
        "performance",
        severity,
        found.headline,
        words,
        Claim(what=found.headline, relation="above", value=production, baseline=validation),
    )


def _beyond(found: Performance) -> Sentence:
    """Return what of a rise of the probabilities' error another level does not bring."""
    fact = found.beyond
    return () if fact is None or fact.value is None else ("; beyond what another share of positives brings: ", fact)


def _matters(found: Performance) -> bool:
    """Return whether the rise is surely more than the smallest that matters."""
    low, level, margin = found.head.change.low, found.head.validation.number, found.margin.number
    if margin is None or level is None or low is None:
        return False
    surely = [low * level]
    if found.beyond is not None:
        surely.append(-math.inf if found.beyond.low is None else found.beyond.low * level)
    return min(surely) > margin


def _worse(found: Performance) -> Iterator[Finding]:
    """Yield the other predictions that are better on the same rows."""
    for (name, who), rival in zip(OTHERS.items(), (found.benchmark, found.previous), strict=True):
        if rival.gain.low is not None and rival.gain.low > 0:
            words: Sentence = (f"On the same rows the error is above that of the {who.lower()} (", rival.gain, ").")
            yield finding(
                f"performance.worse_than_{name}",
                "performance",
                "severe",
                name,
                words,
                Claim(what=name, relation="above", value=rival.gain),
            )
