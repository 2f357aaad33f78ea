"""Takes the parts of the change of the error, gives in words what changed and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.table import Cell, Mark
from generator.results.words import quantities, tables
from generator.subjects.causes._mending import refitted
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known, known

QUANTITY, TABLE = quantities(__file__), tables(__file__)

Cause = Literal["inputs", "relation", "repeated", "held"]
NAMES: dict[Cause, str] = {"inputs": "inputs", "relation": "relation", "repeated": "predictions", "held": "inputs held"}
QUARTER = 0.25
"""A sure part counts from this share of the change on."""
TOLD = 0.05
"""A part that may be chance is worth an action from this share of the change on."""
SUPPORT = 0.3
"""Below this share of the rows before that resemble production, inputs and relation cannot be told apart."""
NEW = 0.1
"""From this share of rows of entities that the rows before lack, what is new cannot be told from what has changed."""
FEW = 0.01
"""Share of stored predictions that may differ from the model's."""
ACTIONS = {
    "new_categories": (
        "New categories",
        "collect rows of them and retrain with these; until then do with such rows what is declared for a new category",
    ),
    "inputs": (
        "Other inputs",
        "accept the harder rows or weigh them higher in training; the model is no worse on rows like those before",
    ),
    "missing": ("Missing values", "restore the values at their source; a retraining would only get used to the gaps"),
    "mix": (
        "Other rows than in training",
        "accept the harder rows or weigh them higher in training; the model is no worse on each kind",
    ),
    "relation": (
        "Changed relation of inputs and outcome",
        "retrain on the window of section 1 of the calendar, and look for an input that tells the new relation",
    ),
    "held": (
        "Inputs that stand still or are copies",
        "restore these inputs at their source; a retraining would learn that they do not matter",
    ),
    "repeated": (
        "Repeated predictions",
        "find the step that gives rows of different inputs the same prediction; a retraining would not mend it",
    ),
}
METHOD = "parts of the change of the error with their intervals; a sure part counts from a quarter of the change on"


@dataclass(frozen=True, slots=True)
class Blame:
    """Whether the error surely grew, and the causes that surely account for a quarter of it or more."""

    grew: bool
    main: tuple[Cause, ...] = ()

    @property
    def word(self) -> str:
        """Return it in words: "no change", "relation changed", "inputs and predictions changed", "cannot be told"."""
        if not self.grew:
            return "no change"
        changed = " and ".join(NAMES[cause] for cause in self.main if cause != "held")
        held = NAMES["held"] if "held" in self.main else ""
        return " and ".join(filter(None, (changed and f"{changed} changed", held))) or "cannot be told"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Name the cause of a worse error, and the action that fits it."""
    at = known(evidence, earlier)
    change = _change(at)
    blame = None if change.value is None else _blame(at)
    verdict = derived(QUANTITY("causes.verdict"), blame.word if blame else None, reason=change.reason)
    rows = list(_actions(at)) if blame and blame.grew else []
    reason = change.reason or "the error has not surely changed"
    limits, missed = refitted(at, project)
    return Decisions(
        facts=(verdict, _quiet(at, blame, change.reason), *_flags(blame, change.reason)),
        tables=(TABLE("causes.actions", rows, reason=reason), *limits),
        findings=(*_findings(at, blame), *missed),
    )


def _blame(at: Known) -> Blame:
    """Return what the change of the error is put down to; nothing where it is not sure, or cannot be told."""
    change, parts = _change(at), {key: at.fact(f"causes.{key}") for key in NAMES}
    total = change.number or 0.0
    if not _sure(change) or _no_support(at):
        return Blame(_sure(change))
    return Blame(
        True, tuple(key for key, part in parts.items() if _sure(part) and (part.number or 0) >= QUARTER * total)
    )


def _no_support(at: Known) -> bool:
    """Return whether production has left what the rows before tell of: their inputs, or their entities."""
    ess, new, then = (at.number(f"causes.{key}") for key in ("ess", "unknown", "unknown_before"))
    return (ess is not None and ess < SUPPORT) or (new is not None and then is not None and new - then > NEW)


def _flags(blame: Blame | None, reason: str) -> Iterator[Fact]:
    """Yield the verdict as flags."""
    main = blame.main if blame else ()
    true = {
        "grew": ("The error surely grew", blame is not None and blame.grew),
        "by_relation": ("A changed relation is a main cause", "relation" in main),
        "by_inputs": ("Changed inputs are a main cause", "inputs" in main),
        "by_held": ("Inputs that stand still or are copies are a main cause", "held" in main),
        "by_predictions": ("Repeated predictions are a main cause", "repeated" in main),
    }
    for key, (label, value) in true.items():
        yield flag(f"causes.{key}", value if blame else None, label=label, method=METHOD, reason=reason)


def _change(at: Known) -> Fact:
    return at.fact("causes.change")


def _material(at: Known) -> bool:
    """Return whether the error surely grew by more than the margin."""
    return (_change(at).low or 0.0) > (at.number("causes.margin") or 0.0)


def _sure(fact: Fact) -> bool:
    """Return whether a part surely adds to the error."""
    return fact.low is not None and fact.low > 0


def _quiet(at: Known, blame: Blame | None, reason: str) -> Fact:
    """Return whether the relation changed while no input gave notice of it."""
    drifted = at.number("drift.count.confirmed")
    quiet = None if blame is None or drifted is None else blame.main == ("relation",) and drifted == 0
    return flag(QUANTITY("causes.unannounced"), quiet, reason=reason or "drift was not measured")


def _actions(at: Known) -> Iterator[tuple[Cell, ...]]:
    """Yield the causes that add to the error, the largest first; those that may be chance are marked, if large."""
    least = TOLD * (_change(at).number or 0.0)
    told = [key for key in ACTIONS if key != "inputs" or at.number("causes.mix") is None]
    parts = {key: at.fact(f"causes.{key}") for key in told}
    for key in sorted(parts, key=lambda k: -(parts[k].number or 0.0)):
        fact = parts[key]
        value = fact.number or 0.0
        if value > 0 and (_sure(fact) or value >= least):
            cause, action = ACTIONS[key]
            mark = Mark(status="confirmed", word="sure") if _sure(fact) else Mark(status="info", word="may be chance")
            yield (cause, fact, mark, action)


def _findings(at: Known, blame: Blame | None) -> Iterator[Finding]:
    relation = at.fact("causes.relation")
    yield from _not_the_models(at)
    yield from _held(at, blame)
    yield from _repeated(at, blame)
    if blame and "relation" in blame.main:
        yield finding(
            "causes.relation",
            "performance",
            "confirmed" if _material(at) else "watch",
            "relation of inputs and outcome",
            (
                "Rows like those before now err otherwise: of the rise of the error by ",
                _change(at),
                " a changed relation accounts for ",
                relation,
                ".",
            ),
            Claim(what="relation", relation="above", value=relation),
        )


def _repeated(at: Known, blame: Blame | None) -> Iterator[Finding]:
    """Yield that rows of different inputs share a prediction; confirmed where they are a main cause of the rise."""
    share, usual, added = (at.fact(f"causes.{key}") for key in ("repeated.rows", "repeated.usual", "repeated"))
    if share.value is None or _no_support(at):
        return
    severity, rise = _of_the_rise(at, blame, "repeated", added)
    yield finding(
        "causes.repeated",
        "performance",
        severity,
        "repeated predictions",
        (
            "In ",
            share,
            " of the rows the prediction is one that rows of other inputs have as well; of like rows before, ",
            usual,
            " had such a one. These predictions do not follow their inputs.",
            *rise,
        ),
        Claim(what="predictions", relation="above", value=share, baseline=usual),
    )


def _held(at: Known, blame: Blame | None) -> Iterator[Finding]:
    """Yield that inputs stand still or are copies; confirmed where they are a main cause of the rise."""
    share, usual, added = (at.fact(f"causes.{key}") for key in ("held.rows", "held.usual", "held"))
    if share.value is None:
        return
    severity, rise = _of_the_rise(at, blame, "held", added)
    yield finding(
        "causes.held",
        "performance",
        severity,
        "inputs that stand still",
        (
            "In ",
            share,
            " of the rows inputs have stood still or are those of an earlier row (",
            str(at.fact("causes.held.inputs").value),
            "); before, ",
            usual,
            " of the rows had such inputs.",
            *rise,
        ),
        Claim(what="inputs", relation="above", value=share, baseline=usual),
    )


def _of_the_rise(at: Known, blame: Blame | None, cause: Cause, added: Fact) -> tuple[Severity, Sentence]:
    """Return how severe it is that rows are not as they should be, and what they add to the error if that is much."""
    if blame is None or cause not in blame.main:
        return "watch", ()
    told: Sentence = (" Of the rise of the error by ", _change(at), " these rows account for ", added, ".")
    return "confirmed" if _material(at) else "watch", told


def _not_the_models(at: Known) -> Iterator[Finding]:
    """Yield that stored predictions are not what the model says; confirmed where they surely err otherwise."""
    apart, added = at.fact("causes.predictions.apart"), at.fact("causes.predictions")
    if (apart.number or 0.0) <= FEW:
        return
    sure = added.low is not None and added.high is not None and not added.low <= 0 <= added.high
    errs: Sentence = () if added.value is None else (", which changes the error by ", added)
    yield finding(
        "causes.predictions",
        "performance",
        "confirmed" if sure else "watch",
        "stored predictions",
        ("The predictions stored beside ", apart, " of the rows are not what the model says", *errs, "."),
        Claim(what="predictions", relation="above", value=apart),
        added,
    )


DECISION = Decision(id="causes", title="Causes of a change of the error", run=run)
