"""Whether a probability means what it says: in the large, in shape, by bin; and whether to recalibrate."""

import math
from collections.abc import Iterator

from generator.estimates import recalibration as again
from generator.estimates.avoidable import rise
from generator.estimates.baseline import out_of_sample
from generator.estimates.facts import NO_LABELS, estimated, number
from generator.estimates.intervals import Estimate
from generator.estimates.score_intervals import Many, Statistic, estimate_scores
from generator.estimates.score_sums import N_P, N, Scores, Y, reference_sums, score_sums
from generator.records.aggregates import FloatArray
from generator.records.evidence import Claim, Evidence, Finding, Relation, Severity, finding
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Ledger
from generator.records.margins import SLOPE
from generator.records.margins import level as level_margin
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Column, Table
from generator.results.words import quantities
from generator.stats.arrays import divide
from generator.stats.calibration import (
    SURE,
    Recalibration,
    calibration_error_null,
    cox,
    expected_calibration_error,
    murphy,
    squared_calibration_error,
    squared_error_null,
)
from generator.stats.distributions import t_quantile
from generator.subjects.calibration._bins import (
    Reliability,
    curve_table,
    histogram_table,
    reliability,
    reliability_table,
)

QUANTITY = quantities(__file__)

SEED = 20_27
SEVERE = 2.5
"""Times that margin from which on a level is severely off."""
MANY = 0.01
"""Share of the rows from which on probabilities of 0 or 1 are told."""
LOSS = 0.1
"""A slope matters where miscalibration also costs this share of what telling rows apart gains."""
NOT_BINARY = lacking("the model tells numbers, not probabilities", "data.task", file=PROJECT)
mean_gap = Many(lambda sums: divide((sums[..., N_P] - sums[..., Y]).sum(axis=-1), sums[..., N].sum(axis=-1)))
"""Mean probability less share of positives of the labelled rows."""
TABLES = ("reliability", "curve", "histogram", "map")


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return how far the probabilities can be taken at their word, with what would mend them."""
    scores = score_sums(ledger)
    if scores is None or scores.labelled == 0:
        return _absent(NOT_BINARY if scores is None else NO_LABELS)
    gap, line, slope = _estimates(scores)
    effect = max(1.0, gap.variance / gap.row_variance) if gap.row_variance > 0 else 1.0
    bins, found = reliability(scores, reference_sums(ledger)), again.judged(scores, slope)
    facts = [*_shape(gap, line, slope), _clipped(scores), *_errors(bins, effect), *_parts(bins)]
    facts += again.facts(found)
    past = out_of_sample(ledger)
    before = None if past is None else score_sums(past)
    facts += [*_changed(before, gap, slope), rise(project, scores, before)]
    tables = (
        reliability_table(scores, bins, effect),
        curve_table(scores),
        histogram_table(scores),
        again.map_table(scores, found),
    )
    return Evidence(
        facts=tuple(facts), tables=tables, findings=tuple(_findings({fact.id: fact for fact in facts}, scores))
    )


def _fitted(sums: FloatArray) -> Recalibration:
    return cox(sums[:, N], sums[:, Y], again.bin_means(sums))


def _estimates(scores: Scores) -> tuple[Estimate, Estimate, Estimate]:
    """Return the gap in the large, and intercept and slope of the logistic recalibration."""
    fit = _fitted(scores.total)
    statistics: tuple[tuple[Statistic, float], ...] = (
        (lambda sums: _fitted(sums).intercept, fit.intercept_se),
        (lambda sums: _fitted(sums).slope, fit.slope_se),
    )
    line, slope = (estimate_scores(statistic, scores, "difference", se**2) for statistic, se in statistics)
    return estimate_scores(mean_gap, scores, "difference"), line, slope


def _shape(gap: Estimate, line: Estimate, slope: Estimate) -> Iterator[Fact]:
    yield estimated(QUANTITY("calibration.in_the_large.gap"), gap)
    yield estimated(QUANTITY("calibration.intercept"), line)
    yield estimated(QUANTITY("calibration.slope"), slope)


def _clipped(scores: Scores) -> Fact:
    """Return how many probabilities are nearer to 0 or 1 than slope and intercept take them to be."""
    p = again.bin_means(scores.total)
    count = float(scores.total[(p < SURE) | (p > 1.0 - SURE), N].sum())
    return number(QUANTITY("calibration.clipped"), count, n=scores.labelled)


def _errors(bins: Reliability, effect: float) -> Iterator[Fact]:
    """Return the calibration errors beside what chance alone gives a calibrated model with as many rows."""
    n, y, p = bins.rows, bins.positives, bins.share
    rows, count = n / effect, float(n.sum())
    mean, _ = calibration_error_null(rows.round().clip(1), p, SEED)
    squared = squared_calibration_error(n, y, p)
    chance = "simulated at the effective number of rows of each bin"
    numbers = {
        "ece": (expected_calibration_error(n, y, p), "Mean gap between probability and share, by bin (ECE)", ""),
        "ece_null": (mean, "The same of a calibrated model, by chance alone", chance),
        "squared_error": (squared, "Squared calibration error, what chance adds taken out", "debiased"),
        "squared_error_null": (
            squared_error_null(rows, p, SEED),
            "The most of it that chance gives, 95 % of times",
            chance,
        ),
    }
    for name, (value, label, method) in numbers.items():
        unit = "" if name.startswith("squared") else "points"
        yield number(f"calibration.{name}", value, label=label, unit=unit, n=count, method=method)


def _parts(bins: Reliability) -> Iterator[Fact]:
    parts = murphy(bins.rows, bins.positives, bins.share, debiased=True)
    numbers = {
        "reliability": (parts.reliability, "What miscalibration adds to the Brier score"),
        "resolution": (parts.resolution, "What telling rows apart takes off the Brier score"),
        "uncertainty": (parts.uncertainty, "Brier score of the base rate alone"),
    }
    for name, (value, label) in numbers.items():
        yield number(QUANTITY("calibration.murphy.{name}", name=name), value, label=label, n=float(bins.rows.sum()))


def _findings(facts: dict[str, Fact], scores: Scores) -> Iterator[Finding]:
    clipped = facts["calibration.clipped"]
    if _number(clipped) > MANY * scores.labelled:
        words: Sentence = (
            clipped,
            " have a probability of 0 or 1, or next to it; for log-odds they count as one in a million away.",
        )
        yield _finding("clipped", "watch", "sure probabilities", words, "above", clipped)
    gap, slope = facts["calibration.in_the_large.gap"], facts["calibration.slope"]
    squared, null = facts["calibration.squared_error"], facts["calibration.squared_error_null"]
    rate = float(scores.total[:, Y].sum()) / scores.labelled
    if gap.low is not None and gap.high is not None and not gap.low <= 0 <= gap.high:
        nearest, margin = min(abs(gap.low), abs(gap.high)), level_margin(rate)
        words = (
            f"The probabilities are too {'high' if gap.low > 0 else 'low'} on the whole: mean probability less share "
            "of positives is ",
            gap,
            ".",
        )
        severity: Severity = "watch" if nearest <= margin else "severe" if nearest > SEVERE * margin else "confirmed"
        yield _finding("in_the_large", severity, "level", words, "differs", gap)
    beyond = _number(squared) > _number(null)
    if beyond and slope.low is not None and slope.high is not None and not slope.low <= 1 <= slope.high:
        words = (f"The probabilities are {_shape_of(slope)}; the slope is ", slope, ", and one when calibrated.")
        far = min(abs(slope.low - 1.0), abs(slope.high - 1.0)) > SLOPE
        cost, gain = facts["calibration.murphy.reliability"], facts["calibration.murphy.resolution"]
        dear = _number(cost) > LOSS * max(_number(gain), 0.0)
        yield _finding("slope", "confirmed" if far and dear else "watch", "shape", words, "above", squared, null, cost)
    yield from _moved(facts, rate)
    worth, gain = facts["calibration.recalibration.worth"], facts["calibration.recalibration.gain"]
    if worth.value is True:
        kind_of = facts["calibration.recalibration.kind"]
        words = (
            "Recalibration is worth it: ",
            kind_of,
            " changes the error of the probabilities by ",
            gain,
            " on entities it was not fitted on.",
        )
        yield _finding("recalibration", "watch", "recalibration", words, "differs", gain)


def _shape_of(slope: Fact) -> str:
    if slope.high is not None and slope.high < 0:
        return "reversed: the higher, the less often positive"
    if slope.high is not None and slope.high < 1:
        return "too extreme: high ones too high, low ones too low"
    return "too timid: too near the base rate"


def _changed(scores: Scores | None, gap: Estimate, slope: Estimate) -> list[Fact]:
    """Return by what level and slope differ from those of the rows out of sample."""
    before = None if scores is None or not scores.labelled else _estimates(scores)
    why = lacking("no rows out of sample with probabilities and known outcomes", "data.held_out", file=PROJECT)
    labels = {"level": "Change of the gap in the large since the rows out of sample", "slope": "Change of the slope"}
    made = []
    known = (None, None) if before is None else (before[0], before[2])
    for name, now, then in zip(labels, (gap, slope), known, strict=True):
        value, room = math.nan, math.nan
        if then is not None:
            value = now.value - then.value
            spread = now.variance + then.variance
            room = t_quantile(0.975, min(now.df, then.df)) * math.sqrt(spread) if math.isfinite(spread) else math.nan
        made.append(
            number(
                QUANTITY("calibration.changed.{name}", name=name),
                value,
                low=value - room,
                high=value + room,
                label=labels[name],
                unit="points" if name == "level" else "",
                n=now.n,
                reason=why,
            )
        )
    return made


def _moved(facts: dict[str, Fact], rate: float) -> Iterator[Finding]:
    """Yield that level or slope have surely changed since the rows out of sample, by more than matters."""
    margins = {"level": level_margin(rate), "slope": SLOPE}
    for name, margin in margins.items():
        fact = facts[f"calibration.changed.{name}"]
        if fact.low is not None and fact.high is not None and (fact.low > margin or fact.high < -margin):
            head = f"The {name} of the probabilities has changed since the rows out of sample: by "
            words: Sentence = (head, fact, ".")
            yield _finding(f"changed.{name}", "confirmed", f"change of the {name}", words, "differs", fact)


def _number(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, float | int) else math.nan


def _finding(
    id: str,
    severity: Severity,
    subject: str,
    words: Sentence,
    relation: Relation,
    value: Fact,
    baseline: Fact | None = None,
    *more: Fact,
) -> Finding:
    claim = Claim(what=id, relation=relation, value=value, baseline=baseline)
    return finding(f"calibration.{id}", "calibration", severity, subject, words, claim, *more)


def _absent(reason: str) -> Evidence:
    names = ("in_the_large.gap", "slope", "intercept", "ece")
    columns = (Column(key="low", label="Probability"),)
    return Evidence(
        facts=tuple(missing(f"calibration.{name}", reason, label=name) for name in names),
        tables=tuple(
            Table(id=f"calibration.{name}", title="Trust in the probabilities", columns=columns, rows=(), reason=reason)
            for name in TABLES
        ),
    )


ANALYSIS = Analysis(id="calibration", title="Trust in the probabilities", run=run)
