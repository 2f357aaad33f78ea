"""Takes the parts of the change of the error, gives in words what changed and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from generator.decide._facts import columns, derived, flag, table
from generator.decide._known import Known, known, number_of
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.table import Cell, Mark

Word = Literal["inputs changed", "relation changed", "inputs and relation changed", "cannot be told", "no change"]
HALF = 0.5
"""A cause is the main one from this share of the change on."""
ACTIONS = {
    "new_categories": (
        "Categories that training never saw",
        "collect rows of the new categories and retrain with them; until then route these rows to the fallback",
    ),
    "missing": ("Missing values", "restore the values at their source; a retraining would only get used to the gaps"),
    "mix": (
        "Other rows than in training",
        "accept the harder rows or weigh them higher in training; the model is no worse on each kind",
    ),
    "relation": (
        "Changed relation of inputs and outcome",
        "retrain on rows from after the change, and look for an input that tells the new relation",
    ),
}
METHOD = "parts of the change of the error with their intervals; main cause from half of the change on"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Name the cause of a worse error, and the action that fits it."""
    at = known(evidence, earlier)
    change = at.fact("causes.change")
    word = None if change.value is None else _word(at)
    verdict = derived("causes.verdict", word, label="What made the error change", method=METHOD, reason=change.reason)
    rows = list(_actions(at, word)) if word and word != "no change" else []
    reason = change.reason or "the error has not surely changed"
    return Decisions(
        facts=(verdict, _quiet(at, word, change.reason), *_flags(word, change.reason)),
        tables=(
            table(
                "causes.actions",
                "What to do about each cause",
                columns("cause", "value: Adds to the error", "standing: Evidence", "*action"),
                rows,
                reason=reason,
            ),
        ),
        findings=tuple(_findings(at, word)),
    )


def _word(at: Known) -> Word:
    change, inputs, relation = (at.fact(f"causes.{key}") for key in ("change", "inputs", "relation"))
    if not _sure(change):
        return "no change"
    total = number_of(change) or 0.0
    main = [_sure(part) and (number_of(part) or 0.0) >= HALF * total for part in (inputs, relation)]
    if _sure(inputs) and _sure(relation):
        return "relation changed" if main[1] and not _half_of(inputs, total) else "inputs and relation changed"
    if main[1]:
        return "relation changed"
    return "inputs changed" if main[0] else "cannot be told"


def _flags(word: Word | None, reason: str) -> Iterator[Fact]:
    """Yield the verdict as flags."""
    true = {
        "grew": ("The error surely grew", word != "no change"),
        "by_relation": ("A changed relation is a main cause", word is not None and "relation" in word),
        "by_inputs": ("Changed inputs are a main cause", word is not None and "inputs" in word),
    }
    for key, (label, value) in true.items():
        yield flag(f"causes.{key}", None if word is None else value, label=label, method=METHOD, reason=reason)


def _half_of(part: Fact, total: float) -> bool:
    return (number_of(part) or 0.0) >= HALF * HALF * total


def _sure(fact: Fact) -> bool:
    """Return whether a part surely adds to the error."""
    return fact.low is not None and fact.low > 0


def _quiet(at: Known, word: Word | None, reason: str) -> Fact:
    """Return whether the relation changed while no input gave notice of it."""
    drifted = at.number("drift.count.confirmed")
    quiet = None if word is None or drifted is None else word == "relation changed" and drifted == 0
    return flag(
        "causes.unannounced",
        quiet,
        label="The relation changed while no input has surely drifted",
        method="verdict on causes with the confirmed drifts",
        reason=reason or "drift was not measured",
    )


def _actions(at: Known, word: Word | None) -> Iterator[tuple[Cell, ...]]:
    """Yield the causes that add to the error, the largest first; those that may be chance are marked."""
    parts = {key: at.fact(f"causes.{key}") for key in ACTIONS}
    for key in sorted(parts, key=lambda k: -(number_of(parts[k]) or 0.0)):
        fact = parts[key]
        if (number_of(fact) or 0.0) > 0:
            cause, action = ACTIONS[key]
            mark = Mark(status="confirmed", word="sure") if _sure(fact) else Mark(status="info", word="may be chance")
            yield (cause, fact, mark, action)


def _findings(at: Known, word: Word | None) -> Iterator[Finding]:
    relation, change = at.fact("causes.relation"), at.fact("causes.change")
    if word in ("relation changed", "inputs and relation changed"):
        yield Finding(
            id="causes.relation",
            kind="performance",
            severity="confirmed",
            subject="relation of inputs and outcome",
            words=(
                "Rows like those of training now err otherwise: of the rise of the error by ",
                change,
                " a changed relation accounts for ",
                relation,
                ".",
            ),
            evidence=(relation.id, change.id),
        )


DECISION = Decision(id="causes", title="Causes of a change of the error", run=run)
