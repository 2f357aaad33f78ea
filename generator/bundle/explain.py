"""Takes results, what their documents cite and the id of a fact; gives who prints the number and what rests on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from generator.errors import InputError
from generator.records.decision import Gate, JudgedTrigger
from generator.records.evidence import Finding
from generator.records.fact import Fact, facts_of
from generator.records.results import Results

CITATIONS = "citations.json"
"""The file of a bundle that says where its documents print each fact."""
NEAREST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A document that prints a fact, and where in it: `text`, `table scorecard`, `figure daily_error`."""

    document: str
    title: str
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """A fact, who prints it, and what was found or decided on its account."""

    fact: Fact
    currency: str
    mentions: tuple[Mention, ...]
    findings: tuple[Finding, ...]
    gates: tuple[Gate, ...]
    alerts: tuple[tuple[str, str], ...]
    """Id and level of each."""
    triggers: tuple[JudgedTrigger, ...]


def wanted(results: Results, id: str) -> Fact:
    """Return the fact `id`; an InputError names those that are most like it."""
    if id in results.facts:
        return results.facts[id]
    near = _nearest(id, tuple(results.facts))
    hint = f"did you mean {' or '.join(near)}?" if near else "`results.json` in the bundle has them all under `facts`"
    raise InputError(f"the bundle has no fact {id!r}", hint=hint)


def explain(results: Results, fact: Fact, citations: bytes) -> Explanation:
    """Return what the documents and the decisions make of a fact; `citations` is the file of that name."""
    id = fact.id
    found = _mentions(citations, id)
    return Explanation(
        fact=fact,
        currency=results.header.currency,
        mentions=found,
        findings=tuple(each for each in results.findings if _rests(each.evidence, (each.words,), id)),
        gates=tuple(
            each for each in results.gates if _rests(each.evidence, (each.value, each.bound, each.why, each.remedy), id)
        ),
        alerts=tuple(
            (alert.id, each.level)
            for alert in results.alerts
            for each in alert.levels
            if _rests(each.evidence, (each.bound,), id)
        ),
        triggers=tuple(each for each in results.triggers if _rests(each.evidence, (each.threshold, each.fired), id)),
    )


def contents(citations: bytes) -> dict[str, str]:
    """Return by document the digest of what it says, of older bundles none; `citations` is the file of that name."""
    try:
        return {str(id): str(digest) for id, digest in json.loads(citations).get("contents", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unread(error) from error


def _unread(error: Exception) -> InputError:
    return InputError(f"{CITATIONS} cannot be read: {error!r}", hint="make the bundle again: dossier render")


def _mentions(citations: bytes, id: str) -> tuple[Mention, ...]:
    try:
        content = json.loads(citations)
        places = content["facts"].get(id, {})
        return tuple(
            Mention(document=document, title=title, places=tuple(places[document]))
            for document, title in content["documents"].items()
            if document in places
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unread(error) from error


def _rests(evidence: tuple[str, ...], values: tuple[object, ...], id: str) -> bool:
    return id in evidence or any(fact.id == id for fact in facts_of(values))


def _nearest(id: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids that begin with, hold or resemble what was asked for, the best first."""
    asked = id.strip().lower()
    tests: tuple[Callable[[str], bool], ...] = (lambda each: each.startswith(f"{asked}."), lambda each: asked in each)
    ranked = [each for test in tests if asked for each in known if test(each.lower())]
    ranked += get_close_matches(id, known, n=NEAREST, cutoff=0.6)
    return tuple(dict.fromkeys(ranked))[:NEAREST]
