"""Takes results, gives what scripts read of them by name: request, windows, readiness, timeline, value, days."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from generator.estimates.facts import BOTH, PRODUCTION
from generator.records.fact import Fact, facts_of
from generator.records.results import Results
from generator.records.timeline import Timeline
from generator.results.codec import encoded
from generator.subjects.windows.found import Recent

Json = dict[str, Any]
Refer = Callable[[Fact], Json]


def views(results: Results, refer: Refer) -> Json:
    """Return the objects; one is null where nothing of it has been concluded."""
    stage, dates = results.facts.get("request.stage"), results.shelf.get(Timeline)
    recent = results.shelf.get(Recent)
    return {
        "request": stage.value if stage else None,
        "windows": encoded(recent.windows, refer) if recent else None,
        "readiness": _readiness(results, refer),
        "timeline": encoded(dates, refer) if dates else None,
        "value": _value(results, refer),
    }


def windows_of(results: Results) -> dict[str, str]:
    """Return by fact measured on production the window of it: an id of a window, or a day; all rows are `whole`."""
    recent = results.shelf.get(Recent)
    names = set(recent.windows if recent else ())
    found = {id: last if (last := id.rpartition(".")[2]) in names else "whole" for id in _measured(results)}
    for table in results.tables.values():
        for row in table.records:
            day = row.get("date")
            if isinstance(day, str):
                found |= dict.fromkeys((one.id for one in facts_of(tuple(row.values())) if one.id in found), day)
    return found


def _measured(results: Results) -> Iterator[str]:
    return (id for id, fact in results.facts.items() if fact.source in (PRODUCTION, BOTH))


def _readiness(results: Results, refer: Refer) -> Json | None:
    """Return what is asked for and what it lacks, and by control how far it is, since when, and when it is needed."""
    controls: dict[str, Json] = {}
    for (name, what), fact in _named("readiness", results, parts=2):
        controls.setdefault(name, {})[what] = refer(fact)
    asked = {what: refer(fact) for (what,), fact in _named("request", results, parts=1)}
    return {"request": asked, "controls": controls} if controls else None


def _value(results: Results, refer: Refer) -> Json | None:
    """Return the sums of the business case, and what each alternative costs more than deploying."""
    sums: Json = {name: refer(fact) for (name,), fact in _named("business", results, parts=1)}
    others: dict[str, Json] = {}
    for (name, what), fact in _named("actions", results, parts=2):
        others.setdefault(name, {})[what] = refer(fact)
    return sums | {"alternatives": others} if sums else None


def _named(head: str, results: Results, *, parts: int) -> Iterator[tuple[tuple[str, ...], Fact]]:
    """Yield the facts of a head whose ids have so many more parts, with these parts."""
    for id in sorted(id for id in results.facts if id.startswith(f"{head}.")):
        _, *rest = id.split(".")
        if len(rest) == parts:
            yield tuple(unquote(part) for part in rest), results.facts[id]
