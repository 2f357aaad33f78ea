"""How large the errors are: against validation, over time, against a naive benchmark and the previous version."""

import math

from generator.estimates.avoidable import rise
from generator.estimates.baseline import error_before, margin_of, out_of_sample
from generator.estimates.facts import number, target_unit
from generator.estimates.feedback import OTHERS, acted_on
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import RATIOS, Estimate, Sums, estimate
from generator.estimates.pairs import checked, limits, pair, spread
from generator.estimates.score_sums import score_sums
from generator.estimates.whole import all_rows
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Subject
from generator.records.project import Project
from generator.records.quality import BOTH, unit_of
from generator.records.quality import REGRESSION as OF_NUMBERS
from generator.subjects.performance._daily import days, thirds
from generator.subjects.performance._others import inverse, own, rival
from generator.subjects.performance._shape import kurtosis, median_absolute, r_squared
from generator.subjects.performance.facts import show
from generator.subjects.performance.found import Performance

REGRESSION, BINARY = (*OF_NUMBERS, *BOTH), ("brier", "log_loss", *BOTH)
SPREAD = ("brier", "log_loss")


def find(project: Project, ledger: Ledger) -> Performance:
    """Return every error metric with its interval, its change since validation, its course and what else predicts."""
    sums, unit = all_rows(ledger), target_unit(project)
    head, metrics = head_of(ledger, unit), BINARY if ledger.plan.binary else REGRESSION
    found, past = {m: _production(ledger, sums, m) for m in metrics}, _before(ledger, metrics)
    apart, square = OTHERS if acted_on(ledger) else "", error_before(project, ledger)
    claims = {m: made for m in metrics if (made := checked(project, m, past.get(m), unit_of(m, unit)))}
    previous = rival("previous", sums, head, unit)
    return Performance(
        headline=head.metric.metric,
        unit=head.unit,
        target_unit=unit,
        metrics={
            m: pair(project, m, value, unit_of(m, unit), before=past.get(m), apart=apart) for m, value in found.items()
        },
        declared={m: fact for m, (fact, _) in claims.items()},
        spreads={m: spread(m, found[m]) for m in SPREAD if m in found},
        levels=limits(project, head),
        margin=_margin(ledger, square, head),
        beyond=_beyond_level(project, ledger),
        kurtosis=kurtosis(sums, head),
        days=days(ledger, sums, head, unit),
        thirds=tuple(thirds(ledger, sums, head)),
        own=own(sums, head, unit),
        benchmark=rival("benchmark", sums, head, unit),
        previous=previous,
        ratio=inverse(previous.gain),
        contradictions=tuple(one for _, one in claims.values() if one),
    )


def _beyond_level(project: Project, ledger: Ledger) -> Fact | None:
    """Return what of the probabilities' error another share of positives does not bring; None of a regression."""
    scores, before = score_sums(ledger), out_of_sample(ledger)
    if scores is None or not scores.labelled:
        return None
    return rise(project, scores, None if before is None else score_sums(before))


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


SUBJECT = Subject(id="performance", title="Errors in production", find=find, show=show)
