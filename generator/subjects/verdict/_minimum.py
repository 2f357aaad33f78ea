"""Takes what is measured, gives the hard gates that nobody has to declare: each stands only where it fails.

A model that is worse than a naive guess, ranks backwards, is off in its level, has doubled its error, or is fed inputs
that its own contract forbids, is not launched, whatever was declared.
"""

from collections.abc import Iterator
from dataclasses import replace

from generator.records import margins
from generator.records.decision import Gate
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.results.words import quantities
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import production
from generator.subjects.performance.found import Performance
from generator.subjects.verdict._judge import judge

QUANTITY = quantities(__file__)

DOUBLED = 1.0
"""Relative rise of the error that is not accepted."""
CHANCE = 0.5
"""AUC of a ranking by chance."""


def minimum_gates(project: Project, at: Known) -> Iterator[Gate]:
    """Yield the gates that fail."""
    yield from (gate for gate in _measured(project, at) if gate.verdict == "fail")
    yield from _doubled(project, at)
    yield from _stopped(at)


def _measured(project: Project, at: Known) -> Iterator[Gate]:
    yield _gate(
        "naive",
        "Better than a naive guess",
        at.shelf[Performance].benchmark.gain,
        _bound("naive", 0.0, "change", "the error of the naive guess on the same rows"),
        "",
        ("use the naive guess, or retrain",),
    )
    if project.settings.data.task == "binary":
        yield _gate(
            "ranking",
            "Ranks better than chance",
            production(at.shelf, "auc"),
            _bound("ranking", CHANCE, "", "the AUC of chance"),
            "auc",
            ("find out whether the outcome or the score is turned round, and retrain",),
        )
        rate = production(at.shelf, "base_rate").number
        why = "the smaller of two points and a fifth of the rarer outcome's share"
        yield _gate(
            "level",
            "Level of the probabilities, at the least",
            at.fact("calibration.in_the_large.gap"),
            _bound("level", None if rate is None else margins.level(rate), "points", why),
            "in_the_large",
            ("recalibrate the probabilities, or retrain",),
        )


def _doubled(project: Project, at: Known) -> Iterator[Gate]:
    """By the value itself, where the rise is beyond chance and margin: a wide interval is no excuse.

    Of probabilities the part counts that neither the rate of positives nor the scores explain.
    """
    found = at.shelf[Performance]
    change = found.beyond if project.settings.data.task == "binary" else found.head.change
    if change is None or change.number is None or change.number < DOUBLED:
        return
    if change.low is not None and change.low > margins.ERROR:
        bound = _bound("doubled", DOUBLED, "change", "no error may double")
        retrain: Sentence = ("retrain on recent rows",)
        yield replace(_gate("doubled", "Error not doubled", change, bound, "", retrain), verdict="fail", remedy=retrain)


def _stopped(at: Known) -> Iterator[Gate]:
    now = at.fact("contract.stop.last_day")
    if now.number:
        bound = _bound("inputs", 0, "count", "beyond its stop limit an input must not be used")
        yield Gate(
            id="minimum.inputs",
            title="Inputs within their own stop limits",
            hard=True,
            verdict="fail",
            value=now,
            bound=bound,
            why=("an input beyond its own stop limit must not be used",),
            remedy=("have the producers restore the values, or declare what the model does without them",),
            evidence=(now.id, bound.id),
        )


def _gate(id: str, title: str, value: Fact, bound: Fact, metric: str, remedy: Sentence) -> Gate:
    why: Sentence = (f"holds for every model: {bound.method}",)
    return judge(f"minimum.{id}", title, value, bound, hard=True, why=why, remedy=remedy, metric=metric)


def _bound(id: str, value: float | None, unit: str, why: str) -> Fact:
    return derived(QUANTITY("gates.minimum.{id}.bound", id=id), value, unit=unit, method=why)
