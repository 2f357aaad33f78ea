"""Takes what is found of the ranking, gives its facts, tables, and findings."""

from collections.abc import Iterator

from generator.estimates.features import table
from generator.estimates.pairs import WATCHED, Pair, summary
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.margins import RANK
from generator.records.quality import quality
from generator.records.table import Column, Table
from generator.results.words import tables
from generator.subjects.scores.found import Discrimination, Ranking

TABLE = tables(__file__)

DAILY = {
    "base_rate": ("Share of positives", "share"),
    "mean_prediction": ("Mean probability", "share"),
    "auc": ("Ranking (AUC)", ""),
    "accuracy": ("Right decisions", "share"),
    "precision_at_top": ("Positives among the highest", "share"),
    "log_loss": ("Logarithmic loss", ""),
}
"""Metrics of a day with label and unit."""
JUDGED = ("auc", "accuracy")
BLIND, USELESS = 0.5, 0.55
"""A ranking surely below the first is reversed, surely below the second as good as none."""


def show(found: Discrimination) -> Evidence:
    """Return every fact, metrics against validation, the highest scores, days, the gain curve, and findings."""
    task = Fact(
        id="performance.binary",
        value=found.binary,
        unit="flag",
        label="The model tells probabilities",
        origin="derived",
        source="data.task",
    )
    own = found.ranking
    if own is None:
        return _absent(task, found)
    return Evidence(
        facts=(task, *facts_of(own)),
        tables=(
            summary("discrimination.summary", "Ranking and decisions against validation", _told(own), own.reason),
            _top(own),
        ),
        findings=tuple(_findings(own)),
    )


def _told(own: Ranking) -> dict[str, Pair]:
    """Return the metrics, each under its own name alone."""
    return {name: one for name, one in own.metrics.items() if name != WATCHED}


def _absent(task: Fact, found: Discrimination) -> Evidence:
    ids = ("summary", "top")
    column = (Column(key="metric", label="Metric"),)
    return Evidence(
        facts=(task, *facts_of(found)),
        tables=tuple(
            table(f"discrimination.{id}", "Ranking and decisions", column, (), reason=found.reason) for id in ids
        ),
    )


def _top(own: Ranking) -> Table:
    rows = ((one.share, one.rows, one.precision, one.lift, one.gain, one.bound) for one in own.tops)
    return TABLE("discrimination.top", rows, reason="")


def _findings(own: Ranking) -> Iterator[Finding]:
    judged = (*JUDGED, own.first)
    yield from (one for name in judged if (one := _fallen(name, own)))
    yield from (one for name in judged if (one := _unacceptable(name, own)))
    yield from _blind(own)
    yield from _trivial(own)


def _blind(own: Ranking) -> Iterator[Finding]:
    """Yield that the ranking is upside down, or as good as none: neither better than chance nor worth money."""
    area = own.metrics["auc"].production
    if area.high is None or area.high >= USELESS:
        return
    if area.high < BLIND:
        words: Sentence = ("The ranking is reversed: rows that end positive are ranked below the others (", area, ").")
        yield _finding("auc", "reversed", "severe", words, Claim(what="auc", relation="fails", value=area))
    elif not own.pays:
        words = ("The ranking is hardly better than chance (", area, ").")
        yield _finding("auc", "useless", "confirmed", words, Claim(what="auc", relation="fails", value=area))


def _fallen(name: str, own: Ranking) -> Finding | None:
    pair = own.metrics[name]
    before, after, change = pair.validation, pair.production, pair.change
    if change.high is None or change.high >= 0:
        return None
    head = f"The {quality(name).name} fell from "
    words: Sentence = (head, before, " before to ", after, " in production (", change, ").")
    severity: Severity = "confirmed" if change.high * (before.number or 0.0) < -RANK else "watch"
    return _finding(name, "fall", severity, words, _below(name, after, before))


def _unacceptable(name: str, own: Ranking) -> Finding | None:
    after, levels = own.metrics[name].production, own.levels.get(name)
    if levels is None or (least := levels.acceptable).number is None:
        return None
    if after.high is None or after.high >= least.number:
        return None
    words: Sentence = (f"The {quality(name).name} is ", after, ", below the ", least, " that is the least accepted.")
    return _finding(name, "unacceptable", "severe", words, _below(name, after, least))


def _trivial(own: Ranking) -> Iterator[Finding]:
    gain, trivial, after = own.others.gain, own.others.trivial, own.metrics["accuracy"].production
    if gain.high is None or gain.high >= 0:
        return
    words: Sentence = (
        "At the threshold of ",
        own.others.threshold,
        " the decisions are right for ",
        after,
        " of the rows; giving every row the commoner outcome would be right for ",
        trivial,
        ".",
    )
    if own.weighed:
        words = (*words, " The mistakes do not cost the same, so it is their costs that decide.")
    yield _finding(
        "accuracy", "trivial", "watch" if own.weighed else "confirmed", words, _below("accuracy", after, trivial)
    )


def _below(name: str, value: Fact, baseline: Fact) -> Claim:
    return Claim(what=name, relation="below", value=value, baseline=baseline)


def _finding(name: str, what: str, severity: Severity, words: Sentence, claim: Claim) -> Finding:
    return finding(f"performance.{name}.{what}", "performance", severity, name, words, claim)
