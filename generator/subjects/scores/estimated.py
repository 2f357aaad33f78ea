"""How good the model is while outcomes are not known, from the probabilities alone, and whether that can be trusted."""

import math
from collections.abc import Iterator

from generator.estimates import rankings as rank
from generator.estimates.baseline import out_of_sample, training_errors_serve
from generator.estimates.facts import number
from generator.estimates.score_sums import ROWS, N, Scores, Y, reference_sums, score_sums
from generator.records.aggregates import FloatArray
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import ratio
from generator.subjects.scores import _estimated_periods as by_period
from generator.subjects.scores._estimated_periods import Period
from generator.subjects.scores._expected import METRICS, Expected, expected, interval, map_error, realised

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NAMES = {
    "accuracy": "Right decisions",
    "auc": "Ranking (AUC)",
}
NOT_BINARY = lacking("the model tells numbers, not probabilities", "data.task", file=PROJECT)
NO_REFERENCE = lacking(
    "no rows out of sample with probabilities and known outcomes", "data.held_out", "data.reference_is", file=PROJECT
)
FEWEST_LABELS, FEWEST_OF_A_KIND, SPARSE = 1_000, 100, 10
"""Labelled reference rows, those of the rarer outcome, and rows of a score bin, that recalibration needs."""
MOST_MAP_ERROR, MOST_OUTSIDE, LEAST_HELD = 0.02, 0.05, 0.8
APART = 0.02
"""Share of right decisions by which estimate and truth have to be apart to matter."""
TWO = 2.0
"""Standard errors between estimate and truth that are let pass."""
UNCHANGED = "as long as the relation of inputs and outcome is unchanged"
ASKED = {
    "reference": ("Reference rows with a known outcome", "at least"),
    "rarer": ("Of these, with the rarer outcome", "at least"),
    "map_error": ("Doubt about a recalibrated probability", "at most"),
    "outside": ("Rows with scores that the reference hardly has", "at most"),
    "held": ("Periods whose outcomes came out as estimated", "at least"),
}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the estimate overall and by period, beside what came true, and whether it can be trusted."""
    scores, reference = score_sums(ledger), _out_of_sample(project, ledger)
    if scores is None or reference is None or scores.total[:, ROWS].sum() == 0:
        return _absent(NOT_BINARY if scores is None else NO_REFERENCE)
    found = expected(scores, reference, rank.threshold_of(project))
    kind, every = by_period.periods(ledger, scores, found, reference)
    facts = [*_overall(found), *_realised(scores, found)]
    validity = tuple(_validity(found, scores, reference, every))
    valid = all(mark.status != "fail" for *_, mark in validity if isinstance(mark, Mark))
    facts.append(
        Fact(
            id="estimated.valid",
            value=valid,
            unit="flag",
            label="The estimate can be trusted",
            method="every condition that can be judged holds",
            origin="derived",
        )
    )
    return Evidence(
        facts=tuple(facts),
        tables=(by_period.table(kind, every), _conditions(validity)),
        findings=tuple(_findings({fact.id: fact for fact in facts})),
    )


def _overall(found: Expected) -> Iterator[Fact]:
    rows = float(found.scores.total[:, ROWS].sum())
    for name in METRICS:
        around = interval(found, name)
        yield number(
            QUANTITY("estimated.{name}", name=name, names=NAMES[name], unchanged=UNCHANGED),
            around.estimate,
            unit=by_period.UNITS[name],
            low=around.low,
            high=around.high,
            n=rows,
            origin="derived",
        )


def _realised(scores: Scores, found: Expected) -> Iterator[Fact]:
    """Return the same metrics from outcomes."""
    known, n = realised(scores.total, found.first), scores.labelled
    for name in METRICS:
        value = getattr(known, name) if n else math.nan
        yield number(
            QUANTITY("estimated.realised.{name}", name=name, names=NAMES[name]),
            value,
            unit=by_period.UNITS[name],
            n=n,
            reason=by_period.NO_TRUTH,
        )


def _validity(
    found: Expected, scores: Scores, reference: FloatArray, every: list[Period]
) -> Iterator[tuple[Cell, ...]]:
    labelled = float(reference[:, N].sum())
    rarer = min(float(reference[:, Y].sum()), labelled - float(reference[:, Y].sum()))
    rows = scores.total[:, ROWS]
    outside = ratio(float(rows[reference[:, N] < SPARSE].sum()), float(rows.sum()))
    values = {
        "reference": (labelled, FEWEST_LABELS, "rows"),
        "rarer": (rarer, FEWEST_OF_A_KIND, "rows"),
        "map_error": (map_error(found), MOST_MAP_ERROR, "points"),
        "outside": (outside, MOST_OUTSIDE, "share"),
        "held": (_held(every), LEAST_HELD, "share"),
    }
    for name, (value, bound, unit) in values.items():
        label, side = ASKED[name]
        held = value >= bound if side == "at least" else value <= bound
        mark = Mark(status="pass" if held else "fail", word="holds" if held else "does not hold")
        limit = number(
            QUANTITY("estimated.validity.{name}.bound", name=name, label=label),
            float(bound),
            unit=unit,
            source="built in",
        )
        yield (
            label,
            number(f"estimated.validity.{name}", value, label=label, unit=unit, reason=by_period.NO_TRUTH),
            (f"{side} ", limit),
            mark if math.isfinite(value) else Mark(status="inconclusive", word="no outcomes yet"),
        )


def _held(every: list[Period]) -> float:
    """Return the share of periods whose truth lies within two standard errors of the estimate, in both metrics."""
    judged = [one for one in every if all(math.isfinite(one.truth[name]) for name in ("accuracy", "auc"))]
    held = [
        all(abs(one.estimate[name] - one.truth[name]) <= TWO * one.error[name] for name in ("accuracy", "auc"))
        for one in judged
    ]
    return sum(held) / len(held) if held else math.nan


def _findings(facts: dict[str, Fact]) -> Iterator[Finding]:
    guess, truth = facts["estimated.accuracy"], facts["estimated.realised.accuracy"]
    if guess.low is None or guess.high is None or not isinstance(truth.value, float | int):
        return
    if guess.low <= truth.value <= guess.high:
        return
    words: Sentence = (
        "From the probabilities alone ",
        guess,
        " right decisions were to be expected, and ",
        truth,
        " came true: what a prediction says of the outcome has changed since the reference, so estimates without "
        "outcomes are not to be trusted until its cause is mended.",
    )
    yield finding(
        "estimated.relation",
        "performance",
        "confirmed" if max(guess.low - truth.value, truth.value - guess.high) > APART else "watch",
        "relation",
        words,
        Claim(what="accuracy", relation="differs", value=truth, baseline=guess),
    )


def _conditions(rows: tuple[tuple[Cell, ...], ...], reason: str = "") -> Table:
    return TABLE("estimated.validity", rows, reason=reason)


def _absent(reason: str) -> Evidence:
    return Evidence(
        facts=tuple(missing(f"estimated.{name}", reason, label=f"{label}, estimated") for name, label in NAMES.items()),
        tables=(by_period.table("day", [], reason), _conditions((), reason)),
    )


def _out_of_sample(project: Project, ledger: Ledger) -> FloatArray | None:
    """Return the score sums (B, 6) that recalibrate: of held-out rows, else of training rows where these serve."""
    past = out_of_sample(ledger)
    known = None if past is None else score_sums(past)
    if known is not None:
        return known.total if known.labelled else None
    return reference_sums(ledger) if training_errors_serve(project, ledger) else None


ANALYSIS = Analysis(id="estimated", title="Performance estimated without outcomes", run=run)
