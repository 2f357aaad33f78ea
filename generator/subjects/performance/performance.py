"""How large the errors are: against validation, over time, against a naive benchmark and the previous version."""

from __future__ import annotations

import math
from collections.abc import Iterator

from generator.estimates.avoidable import facts as avoidable
from generator.estimates.baseline import error_before, margin_of, out_of_sample
from generator.estimates.facts import number, target_unit
from generator.estimates.feedback import OTHERS, acted_on
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import BIAS, BRIER, LOG_LOSS, MAE, RMSE, WAPE, Estimate, Ratio, Sums, estimate
from generator.estimates.pairs import checked, limits, pair, spread, summary
from generator.estimates.score_sums import score_sums
from generator.estimates.whole import all_rows
from generator.records.evidence import Evidence, Finding, Severity
from generator.records.fact import Fact, Sentence
from generator.records.headline import METRIC
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.quality import unit_of
from generator.subjects.performance import _daily as daily
from generator.subjects.performance._others import compare
from generator.subjects.performance._shape import kurtosis, median_absolute, r_squared

REGRESSION, BINARY = ("rmse", "mae", "median_ae", "wape", "r2", "bias"), ("brier", "log_loss", "bias")
SPREAD = ("brier", "log_loss")
BEYOND = "calibration.avoidable.rise"
RATIOS: dict[str, Ratio] = {
    "rmse": RMSE,
    "mae": MAE,
    "wape": WAPE,
    "bias": BIAS,
    "brier": BRIER,
    "log_loss": LOG_LOSS,
}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return every error metric with its interval, its change since validation and its course."""
    sums, unit = all_rows(ledger), target_unit(project)
    head, metrics = head_of(ledger, unit), BINARY if ledger.plan.binary else REGRESSION
    found = {m: _production(ledger, sums, m) for m in metrics}
    past, apart = _before(ledger, metrics), OTHERS if acted_on(ledger) else ""
    pairs = {
        m: pair(project, m, value, unit_of(m, unit), before=past.get(m), apart=apart) for m, value in found.items()
    }
    claims = [made for m in metrics if (made := checked(project, m, past.get(m), unit_of(m, unit)))]
    course, others = daily.run(ledger, sums, head, unit), compare(project, ledger, sums, head, unit)
    facts = [*_named(head), *(fact for facts in pairs.values() for fact in facts)]
    square = error_before(project, ledger)
    facts += [*limits(project, head), kurtosis(sums, head), _margin(ledger, square, head)]
    facts += [spread(m, found[m]) for m in SPREAD if m in found]
    facts += [fact for fact, _ in claims]
    own = Evidence(
        facts=tuple(facts),
        tables=(summary("performance.summary", "Errors against validation", pairs),),
        findings=_findings({f.id: f for f in [*facts, *course.facts, *_beyond_level(project, ledger)]}, head),
    )
    return Evidence(
        facts=own.facts + course.facts + others.facts,
        tables=own.tables + course.tables + others.tables,
        findings=own.findings + others.findings + tuple(one for _, one in claims if one),
    )


def _beyond_level(project: Project, ledger: Ledger) -> Iterator[Fact]:
    """Yield what of the probabilities' error another share of positives does not bring; nothing of a regression."""
    scores, before = score_sums(ledger), out_of_sample(ledger)
    if scores is not None and scores.labelled:
        yield from avoidable(project, scores, None if before is None else score_sums(before))


def _before(ledger: Ledger, metrics: tuple[str, ...]) -> dict[str, Estimate]:
    """Return the metrics of the rows out of sample; none without outcomes."""
    past = out_of_sample(ledger)
    return {} if past is None else {m: _production(past, all_rows(past), m) for m in metrics}


def _production(ledger: Ledger, sums: Sums | None, metric: str) -> Estimate:
    if sums is None:
        return Estimate(
            value=math.nan,
            low=math.nan,
            high=math.nan,
            variance=math.nan,
            row_variance=math.nan,
            df=math.nan,
            n=0,
            method="",
        )
    if metric in RATIOS:
        return estimate(RATIOS[metric], sums)
    return median_absolute(ledger, sums) if metric == "median_ae" else r_squared(ledger, sums)


def _named(head: Head) -> Iterator[Fact]:
    """Yield the metric that is spoken of first, how a sentence calls it and how a heading does."""
    words = {"": head.metric.metric, ".name": head.metric.name, ".title": head.metric.title}
    for key, value in words.items():
        label = f"Metric that is spoken of first{', ' if key else ''}{key[1:]}"
        yield Fact(id=f"{METRIC}{key}", value=value, label=label, origin="derived", source="data.task")


def _margin(ledger: Ledger, square: float, head: Head) -> Fact:
    return number(
        head.id("margin"),
        margin_of(ledger, square),
        label="Smallest rise of the error that matters",
        unit=head.unit,
        method="a tenth of the lead over the base rate" if ledger.plan.binary else "5 % of the error before",
        origin="derived",
        reason="no error out of sample is known",
    )


def _findings(facts: dict[str, Fact], head: Head) -> tuple[Finding, ...]:
    change, production, validation = (facts[head.id(name)] for name in ("change", "production", "validation"))
    found = []
    if change.low is not None and change.low > 0:
        where = "in validation" if validation.origin == "declared" else "on held-out rows"
        words: Sentence = (
            f"The {head.metric.name} rose from ",
            validation,
            f" {where} to ",
            production,
            " in production (",
            change,
            ")",
            *_beyond(facts),
            ".",
        )
        severity: Severity = "confirmed" if _matters(facts, head) else "watch"
        found.append(_finding(head, "rise", severity, words, (validation, production, change)))
    return tuple(found)


def _beyond(facts: dict[str, Fact]) -> Sentence:
    """Return what of a rise of the probabilities' error another level does not bring."""
    fact = facts.get(BEYOND)
    return () if fact is None or fact.value is None else ("; beyond what another share of positives brings: ", fact)


def _matters(facts: dict[str, Fact], head: Head) -> bool:
    """Return whether the rise is surely more than the smallest that matters."""
    change, validation, margin = (facts[head.id(name)] for name in ("change", "validation", "margin"))
    if not isinstance(margin.value, float | int) or not isinstance(validation.value, float | int) or change.low is None:
        return False
    surely = [change.low * float(validation.value)]
    if (beyond := facts.get(BEYOND)) is not None:
        surely.append(-math.inf if beyond.low is None else beyond.low * float(validation.value))
    return min(surely) > float(margin.value)


def _finding(head: Head, name: str, severity: Severity, words: Sentence, facts: tuple[Fact, ...]) -> Finding:
    return Finding(
        id=head.id(name),
        kind="performance",
        severity=severity,
        subject=head.metric.metric,
        words=words,
        evidence=tuple(fact.id for fact in facts),
    )


ANALYSIS = Analysis(id="performance", title="Errors in production", run=run)
