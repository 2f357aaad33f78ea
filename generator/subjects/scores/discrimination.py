"""How well the probabilities tell positives from negatives: ranking, decisions, and what the highest scores hold."""

import math
from collections.abc import Mapping
from dataclasses import replace

from generator.estimates import rankings as rank
from generator.estimates.baseline import out_of_sample
from generator.estimates.decision_points import costs_of
from generator.estimates.facts import NO_LABELS, estimated, number, place
from generator.estimates.feedback import ONLY_SOME, uncovered
from generator.estimates.intervals import Estimate
from generator.estimates.pairs import WATCHED, Levels, Pair, levels_of, objective_of, pair, spread
from generator.estimates.score_intervals import Statistic, estimate_scores
from generator.estimates.score_sums import PQ, ROWS, N, P, Scores, outcomes, reference_sums, score_sums
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact, missing
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Subject
from generator.records.project import Project
from generator.records.quality import percent, quality, top_name
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.stats.arrays import ratio
from generator.stats.discrimination import precision_bound
from generator.stats.thresholds import best_threshold
from generator.subjects.scores import _discrimination_daily as daily
from generator.subjects.scores.facts import DAILY, show
from generator.subjects.scores.found import Discrimination, Means, Others, Ranking, Top

QUANTITY = quantities(__file__)

NOT_BINARY = lacking("the model tells numbers, not probabilities", "data.task", file=PROJECT)
ONE_KIND = "all known outcomes are the same"
TOLD = ("auc", "accuracy", "base_rate", "average_precision")
"""Metrics of which a reason is given where there is no ranking."""
EXPECTED = ("expected at least", "expected at most", "the least accepted")
LEAST_EVENTS = 20
"""Rows of the rarer outcome below which nothing is said of ranking and decisions."""
FEW_EVENTS = f"fewer than {LEAST_EVENTS} rows of the rarer outcome"


def find(project: Project, ledger: Ledger) -> Discrimination:
    """Return ranking, decisions and the yield of the highest scores, with intervals, and by day."""
    scores = score_sums(ledger)
    if scores is None or scores.labelled == 0:
        reason = NOT_BINARY if scores is None else NO_LABELS
        absent = {
            name: missing(f"performance.{name}.production", reason, label=quality(name).title, unit=quality(name).unit)
            for name in TOLD
        }
        return Discrimination(binary=scores is not None, reason=reason, absent=absent, ranking=None)
    return Discrimination(binary=True, reason="", absent={}, ranking=_ranking(project, ledger, scores))


def _ranking(project: Project, ledger: Ledger, scores: Scores) -> Ranking:
    found, reason = _measured(project, ledger, scores)
    past, first = _before(project, ledger), top_name(rank.top_shares(project)[0])
    pairs = {
        name: pair(project, name, value, quality(name).unit, reason, past.get(name)) for name, value in found.items()
    }
    spreads = {name: spread(name, value) for name, value in found.items()}
    return Ranking(
        first=first,
        reason=reason,
        metrics={**pairs, WATCHED: _watched(pairs[first])},
        spreads={**spreads, WATCHED: _renamed(spreads[first])},
        levels=_levels(project, pairs),
        means=_means(ledger, scores),
        others=_others(project, scores, reason),
        tops=tuple(_top(share, pairs, scores, reason) for share in rank.top_shares(project)),
        days=daily.days(project, ledger, scores),
        pays=_pays(project, scores),
        weighed=costs_of(project.settings.decision) is not None,
    )


def _measured(project: Project, ledger: Ledger, scores: Scores) -> tuple[dict[str, Estimate], str]:
    """Return every metric, without a value where too little is known for one, and the reason of those without."""
    found = {name: estimate_scores(statistic, scores) for name, statistic in _statistics(project, scores).items()}
    rarer = min(float(part.sum()) for part in outcomes(scores.total))
    why = ONLY_SOME if uncovered(ledger) else FEW_EVENTS if 0 < rarer < LEAST_EVENTS else ""
    if not why:
        return found, "not computable from these rows" if rarer > 0 else ONE_KIND
    nan = math.nan
    return {name: replace(one, value=nan, low=nan, high=nan, variance=nan) for name, one in found.items()}, why


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


def _watched(own: Pair) -> Pair:
    """Return the first of the top shares under the name that alert rules use; the change stands under its own alone."""
    return replace(own, validation=_renamed(own.validation), production=_renamed(own.production))


def _renamed(fact: Fact) -> Fact:
    return replace(fact, id=f"performance.{WATCHED}.{fact.id.rpartition('.')[2]}")


def _means(ledger: Ledger, scores: Scores) -> Means:
    mean = rank.mean_probability(scores.total)
    spread = float(scores.total[:, P].sum() - scores.total[:, PQ].sum()) / float(scores.total[:, ROWS].sum()) - mean**2
    then = reference_sums(ledger)
    before, base_rate = (
        number(
            QUANTITY("performance.{name}.reference", name=name, daily=DAILY[name][0]),
            math.nan if then is None else statistic(then),
            source="ledger: reference",
        )
        for name, statistic in (("mean_prediction", rank.mean_probability), ("base_rate", rank.base_rate))
    )
    return Means(
        production=number(
            QUANTITY("performance.mean_prediction.production"), mean, n=float(scores.total[:, ROWS].sum())
        ),
        spread=number(QUANTITY("performance.mean_prediction.spread"), math.sqrt(max(spread, 0.0))),
        reference=before,
        base_rate=base_rate,
    )


def _others(project: Project, scores: Scores, reason: str) -> Others:
    threshold, rate = rank.threshold_of(project), rank.base_rate(scores.total)
    first = scores.first_above(threshold)
    chosen = project.settings.decision.threshold is not None
    key = place(project, "decision.threshold") if chosen else ""
    return Others(
        threshold=number(
            QUANTITY("performance.threshold"),
            threshold,
            origin="declared" if chosen else "derived",
            source=key or "one half, for want of decision.threshold",
        ),
        trivial=number(QUANTITY("performance.accuracy.trivial"), max(rate, 1.0 - rate), n=scores.labelled),
        gain=estimated(
            QUANTITY("performance.accuracy.gain"),
            estimate_scores(rank.accuracy_gain(first), scores, "difference"),
            reason=reason,
        ),
    )


def _levels(project: Project, pairs: Mapping[str, Pair]) -> dict[str, Levels]:
    """Return the declared levels of the metrics that have an objective."""
    return {
        name: levels_of(project, name, quality(name).unit, [f"{quality(name).title}, {words}" for words in EXPECTED])
        for name in pairs
        if objective_of(project, name)[1]
    }


def _top(share: float, pairs: Mapping[str, Pair], scores: Scores, reason: str) -> Top:
    name, words = top_name(share).removeprefix("precision_"), f"highest {percent(share)} % of the scores"
    bound = precision_bound(rank.base_rate(scores.total), share)
    return Top(
        share=number(QUANTITY("discrimination.{name}.share", name=name), share, source="decision.top_shares"),
        rows=number(QUANTITY("discrimination.{name}.rows", name=name, words=words), round(share * scores.labelled)),
        precision=pairs[top_name(share)].production,
        lift=estimated(
            QUANTITY("performance.lift_{name}.production", name=name, words=words),
            estimate_scores(rank.lift(share), scores, "ratio"),
            reason=reason,
        ),
        gain=estimated(
            QUANTITY("performance.gain_{name}.production", name=name, words=words),
            estimate_scores(rank.gain(share), scores),
            reason=reason,
        ),
        bound=number(QUANTITY("performance.precision_{name}.bound", name=name, words=words), bound, reason=reason),
    )


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


SUBJECT = Subject(id="discrimination", title="Ranking and decisions", find=find, show=show)
