"""How well the probabilities tell positives from negatives: ranking, decisions, and what the highest scores hold."""

from __future__ import annotations

import math
from dataclasses import replace

from generator.estimates import rankings as rank
from generator.estimates.baseline import out_of_sample
from generator.estimates.decision_points import costs_of
from generator.estimates.facts import NO_LABELS, declared, estimated, number, place
from generator.estimates.feedback import ONLY_SOME, uncovered
from generator.estimates.intervals import Estimate
from generator.estimates.pairs import Pair, measures, objective_of, pair, spread, summary
from generator.estimates.score_intervals import Statistic, estimate_scores
from generator.estimates.score_sums import PQ, ROWS, N, P, Scores, outcomes, reference_sums, score_sums
from generator.records.aggregates import FloatArray
from generator.records.evidence import Evidence, Finding, Severity
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Ledger
from generator.records.margins import RANK
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.quality import percent, quality, top_name
from generator.records.table import Cell, Column, Table
from generator.stats.arrays import ratio
from generator.stats.discrimination import auc, precision_bound
from generator.stats.thresholds import best_threshold
from generator.subjects.scores import _discrimination_daily as daily
from generator.subjects.scores._gain_curve import gain_curve

NOT_BINARY = "the model tells numbers, not probabilities (dossier.yaml: data.task)"
ONE_KIND = "all known outcomes are the same"
LIMITS = {"expected_low": "expected at least", "expected_high": "expected at most", "acceptable": "the least accepted"}
JUDGED = ("auc", "accuracy")
LEAST_EVENTS = 20
"""Rows of the rarer outcome below which nothing is said of ranking and decisions."""
FEW_EVENTS = f"fewer than {LEAST_EVENTS} rows of the rarer outcome"
BLIND, USELESS = 0.5, 0.55
"""A ranking surely below the first is reversed, surely below the second as good as none."""


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return ranking, decisions and the yield of the highest scores, with intervals, by day and as a curve."""
    scores = score_sums(ledger)
    if scores is None or scores.labelled == 0:
        return _absent(scores is not None)
    both = all(float(part.sum()) > 0 for part in outcomes(scores.total))
    reason = "not computable from these rows" if both else ONE_KIND
    found = {name: estimate_scores(statistic, scores) for name, statistic in _statistics(project, scores).items()}
    rarer = min(float(part.sum()) for part in outcomes(scores.total))
    why = ONLY_SOME if uncovered(ledger) else FEW_EVENTS if both and rarer < LEAST_EVENTS else ""
    if why:
        reason, nan = why, math.nan
        found = {name: replace(one, value=nan, low=nan, high=nan, variance=nan) for name, one in found.items()}
    past = _before(project, ledger)
    pairs = {
        name: pair(project, name, value, quality(name).unit, reason, past.get(name)) for name, value in found.items()
    }
    others = _others(project, scores, reason)
    course, curve = daily.run(project, ledger, scores), gain_curve(scores)
    first = top_name(rank.top_shares(project)[0])
    facts = [
        _task(binary=True),
        *(fact for facts in pairs.values() for fact in facts),
        *(spread(name, value) for name, value in found.items()),
        *(_watched(fact) for fact in (*pairs[first][:2], spread(first, found[first]))),
        *_means(ledger, scores),
        *others,
        *_limits(project, pairs),
    ]
    top = _top(project, pairs, scores, reason)
    known = {fact.id: fact for fact in facts}
    return Evidence(
        facts=(
            *facts,
            *(cell for row in top.rows for cell in row if isinstance(cell, Fact) and cell.id not in known),
            *course.facts,
        ),
        tables=(
            summary("discrimination.summary", "Ranking and decisions against validation", pairs, reason),
            top,
            *course.tables,
            curve,
            measures("discrimination.measures", "Further measures of the ranking", others),
        ),
        findings=_findings(known, project, scores),
    )


def _before(project: Project, ledger: Ledger) -> dict[str, Estimate]:
    """Return the same of the rows out of sample; none without outcomes."""
    past = out_of_sample(ledger)
    scores = None if past is None else score_sums(past)
    if scores is None:
        return {}
    return {name: estimate_scores(each, scores, row=0.0) for name, each in _statistics(project, scores).items()}


def _statistics(project: Project, scores: Scores) -> dict[str, Statistic]:
    tops = {top_name(share): rank.precision(share) for share in rank.top_shares(project)}
    return {
        "auc": rank.area,
        "average_precision": rank.mean_precision,
        "accuracy": rank.accuracy(scores.first_above(rank.threshold_of(project))),
        **tops,
        "base_rate": rank.base_rate,
    }


def _watched(fact: Fact) -> Fact:
    """Return a fact of the first of the top shares under the name that alert rules use."""
    return replace(fact, id=f"performance.precision_at_top.{fact.id.rpartition('.')[2]}")


def _means(ledger: Ledger, scores: Scores) -> list[Fact]:
    """Return the mean probability of all rows, and what it and the share of positives were in the reference."""
    mean = rank.mean_probability(scores.total)
    spread = float(scores.total[:, P].sum() - scores.total[:, PQ].sum()) / float(scores.total[:, ROWS].sum()) - mean**2
    then = reference_sums(ledger)
    absent = "the reference has no probabilities with known outcomes"
    of_reference: dict[str, Statistic] = {"mean_prediction": rank.mean_probability, "base_rate": rank.base_rate}
    return [
        number(
            "performance.mean_prediction.production",
            mean,
            label="Mean probability",
            unit="share",
            n=float(scores.total[:, ROWS].sum()),
        ),
        number("performance.mean_prediction.spread", math.sqrt(max(spread, 0.0)), label="Spread of the probabilities"),
        *(
            number(
                f"performance.{name}.reference",
                math.nan if then is None else statistic(then),
                label=f"{daily.METRICS[name][0]} in the reference",
                unit="share",
                source="ledger: reference",
                reason=absent,
            )
            for name, statistic in of_reference.items()
        ),
    ]


def _others(project: Project, scores: Scores, reason: str) -> list[Fact]:
    """Return what has no validation value: Gini, separation, the trivial rule, and how exact the bins are."""
    threshold, rate = rank.threshold_of(project), rank.base_rate(scores.total)
    first, area = scores.first_above(threshold), auc(*outcomes(scores.total))
    chosen = project.settings.decision.threshold is not None
    key = place(project, "decision.threshold") if chosen else ""
    return [
        number(
            "performance.threshold",
            threshold,
            label="Probability from which a row counts as positive",
            unit="probability",
            origin="declared" if chosen else "derived",
            source=key or "one half, for want of decision.threshold",
        ),
        estimated(
            "performance.gini.production",
            estimate_scores(rank.gini, scores, "difference"),
            label="Ranking between chance and perfect (Gini)",
            reason=reason,
        ),
        estimated(
            "performance.ks.production",
            estimate_scores(rank.separation, scores),
            label="Largest distance between the scores of positives and negatives (KS)",
            reason=reason,
        ),
        number(
            "performance.accuracy.trivial",
            max(rate, 1.0 - rate),
            unit="share",
            label="Right decisions when every row is given the commoner outcome",
            n=scores.labelled,
        ),
        estimated(
            "performance.accuracy.gain",
            estimate_scores(rank.accuracy_gain(first), scores, "difference"),
            label="Right decisions beyond that",
            unit="points",
            reason=reason,
        ),
        number(
            "performance.auc.bin_error",
            area.high - area.value,
            label="Most that the bins can hide of the AUC",
            method="rows of one score bin in any order",
            reason=reason,
        ),
    ]


def _limits(project: Project, pairs: dict[str, Pair]) -> list[Fact]:
    """Return the declared limits of these metrics."""
    facts = []
    for name in pairs:
        key, objective = objective_of(project, name)
        for field, words in LIMITS.items() if objective else ():
            own = quality(name)
            facts.append(
                declared(
                    project,
                    f"performance.{name}.{field}",
                    f"{key}.{field}",
                    getattr(objective, field),
                    label=f"{own.title}, {words}",
                    unit=own.unit,
                )
            )
    return facts


def _top(project: Project, pairs: dict[str, Pair], scores: Scores, reason: str) -> Table:
    columns = (
        Column(key="share", label="Highest scores", unit="share"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="precision", label="Positives among them", unit="share"),
        Column(key="lift", label="Times the base rate"),
        Column(key="gain", label="Of all positives", unit="share"),
        Column(key="bound", label="Most that is possible", unit="share"),
    )
    rows = [_top_row(share, pairs, scores, reason) for share in rank.top_shares(project)]
    return Table(id="discrimination.top", title="What the highest scores hold", columns=columns, rows=tuple(rows))


def _top_row(share: float, pairs: dict[str, Pair], scores: Scores, reason: str) -> tuple[Cell, ...]:
    name, words = top_name(share).removeprefix("precision_"), f"highest {percent(share)} % of the scores"
    bound = precision_bound(rank.base_rate(scores.total), share)
    return (
        number(
            f"discrimination.{name}.share",
            share,
            label="Share of the highest scores",
            unit="share",
            origin="derived",
            source="decision.top_shares",
        ),
        number(f"discrimination.{name}.rows", round(share * scores.labelled), label=f"Rows, {words}", unit="rows"),
        pairs[top_name(share)][1],
        estimated(
            f"performance.lift_{name}.production",
            estimate_scores(rank.lift(share), scores, "ratio"),
            label=f"Positives over the base rate, {words}",
            reason=reason,
        ),
        estimated(
            f"performance.gain_{name}.production",
            estimate_scores(rank.gain(share), scores),
            label=f"Share of all positives, {words}",
            unit="share",
            reason=reason,
        ),
        number(
            f"performance.precision_{name}.bound",
            bound,
            label=f"Most positives that are possible, {words}",
            unit="share",
            method="the smaller of one and base rate ÷ share",
            reason=reason,
        ),
    )


def _findings(facts: dict[str, Fact], project: Project, scores: Scores) -> tuple[Finding, ...]:
    top = top_name(rank.top_shares(project)[0])
    found = [_fallen(name, facts) for name in (*JUDGED, top)]
    found += [_unacceptable(name, facts) for name in (*JUDGED, top)]
    found += [_blind(facts, project, scores), _trivial(facts, project)]
    return tuple(one for one in found if one is not None)


def _pays(project: Project, scores: Scores) -> bool:
    """Return whether acting by the scores surely saves money against acting on everybody and on nobody."""
    costs, declared_at = costs_of(project.settings.decision), project.settings.decision.threshold
    if costs is None:
        return False
    hit, alarm = costs.true_positive, costs.false_positive
    missed, quiet = costs.false_negative, costs.true_negative
    first = scores.first_above(best_threshold(costs) if declared_at is None else declared_at)

    def saved(sums: FloatArray) -> float:
        """Least that is saved a row against the better of the two, per outcome and decision."""
        positives, negatives = outcomes(sums)
        acted = hit * positives[first:].sum() + alarm * negatives[first:].sum()
        left = missed * positives[:first].sum() + quiet * negatives[:first].sum()
        everybody = hit * positives.sum() + alarm * negatives.sum()
        nobody = missed * positives.sum() + quiet * negatives.sum()
        return ratio(float(min(everybody, nobody) - acted - left), float(sums[:, N].sum()))

    return estimate_scores(saved, scores, "difference").low > 0.0


def _blind(facts: dict[str, Fact], project: Project, scores: Scores) -> Finding | None:
    """Return that the ranking is upside down, or as good as none: neither better than chance nor worth money."""
    area = facts["performance.auc.production"]
    if area.high is None or area.high >= USELESS:
        return None
    if area.high < BLIND:
        words: Sentence = ("The ranking is reversed: rows that end positive are ranked below the others (", area, ").")
        return _finding("auc", "reversed", "severe", words, (area,))
    if _pays(project, scores):
        return None
    words = ("The ranking is hardly better than chance (", area, ").")
    return _finding("auc", "useless", "confirmed", words, (area,))


def _fallen(name: str, facts: dict[str, Fact]) -> Finding | None:
    before, after, change = (facts[f"performance.{name}.{part}"] for part in ("validation", "production", "change"))
    if change.high is None or change.high >= 0:
        return None
    head = f"The {quality(name).name} fell from "
    words: Sentence = (head, before, " before to ", after, " in production (", change, ").")
    level = float(before.value) if isinstance(before.value, float | int) else 0.0
    severity: Severity = "confirmed" if change.high * level < -RANK else "watch"
    return _finding(name, "fall", severity, words, (before, after, change))


def _unacceptable(name: str, facts: dict[str, Fact]) -> Finding | None:
    after, least = facts[f"performance.{name}.production"], facts.get(f"performance.{name}.acceptable")
    if least is None or not isinstance(least.value, float | int) or after.high is None or after.high >= least.value:
        return None
    words: Sentence = (f"The {quality(name).name} is ", after, ", below the ", least, " that is the least accepted.")
    return _finding(name, "unacceptable", "severe", words, (after, least))


def _trivial(facts: dict[str, Fact], project: Project) -> Finding | None:
    gain = facts["performance.accuracy.gain"]
    if gain.high is None or gain.high >= 0:
        return None
    after, trivial = facts["performance.accuracy.production"], facts["performance.accuracy.trivial"]
    words: Sentence = (
        "At the threshold of ",
        facts["performance.threshold"],
        " the decisions are right for ",
        after,
        " of the rows; giving every row the commoner outcome would be right for ",
        trivial,
        ".",
    )
    if costs_of(project.settings.decision) is None:
        return _finding("accuracy", "trivial", "confirmed", words, (after, trivial, gain))
    weighed: Sentence = (*words, " The mistakes do not cost the same, so it is their costs that decide.")
    return _finding("accuracy", "trivial", "watch", weighed, (after, trivial, gain))


def _finding(name: str, what: str, severity: Severity, words: Sentence, facts: tuple[Fact, ...]) -> Finding:
    return Finding(
        id=f"performance.{name}.{what}",
        kind="performance",
        severity=severity,
        subject=name,
        words=words,
        evidence=tuple(fact.id for fact in facts),
    )


def _task(*, binary: bool) -> Fact:
    return Fact(
        id="performance.binary",
        value=binary,
        unit="flag",
        label="The model tells probabilities",
        origin="derived",
        source="data.task",
    )


def _absent(binary: bool) -> Evidence:
    reason = NO_LABELS if binary else NOT_BINARY
    names = {"auc": "", "accuracy": "share", "base_rate": "share", "average_precision": ""}
    ids = ("summary", "top", "daily", "gain", "measures")
    column = (Column(key="metric", label="Metric"),)
    return Evidence(
        facts=(
            _task(binary=binary),
            *(
                missing(f"performance.{name}.production", reason, label=quality(name).title, unit=unit)
                for name, unit in names.items()
            ),
        ),
        tables=tuple(
            Table(id=f"discrimination.{name}", title="Ranking and decisions", columns=column, rows=(), reason=reason)
            for name in ids
        ),
    )


ANALYSIS = Analysis(id="discrimination", title="Ranking and decisions", run=run)
