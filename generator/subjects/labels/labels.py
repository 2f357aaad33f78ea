"""How late labels met their predictions: what found no partner, which days are complete enough to count."""

import math
from collections.abc import Iterator, Mapping

from generator.estimates.facts import NO_TIME_COLUMN, date_of, number, place
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence
from generator.records.ledger import LabelCounts, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Labels, Project
from generator.records.shelf import Shelf
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.labels._late import late_facts, late_finding
from generator.subjects.labels._nowcast import (
    NO_ARRIVALS,
    SOURCE,
    Nowcast,
    expected,
    nowcast,
    nowcast_facts,
    positive_facts,
)
from generator.subjects.labels.found import LateLabels

QUANTITY, TABLE = quantities(__file__), tables(__file__)

QUANTILES = {"p50": (0.5, "half of"), "p90": (0.9, "90 % of"), "p99": (0.99, "99 % of")}


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the counts of the join, the cohorts by day and the delays; without a file of labels only that."""
    counts, declared = ledger.labels, project.settings.data.labels
    apart = Fact(
        id="labels.apart",
        value=declared is not None,
        unit="flag",
        label="Labels in a file of their own",
        method="as declared",
        source=place(project, "data.labels"),
        origin="declared",
    )
    if counts is None or declared is None:
        return Evidence(facts=(apart,))
    found = nowcast(counts, counts.arrivals, counts.predictions)
    made = (*_counts(counts), *_cohorts(project, counts, declared), *_delays(counts))
    later = (*nowcast_facts(counts, found, declared.mature_at), *positive_facts(counts))
    late = tuple(late_facts(counts, found, declared.mature_at))
    facts = {fact.id: fact for fact in (*made, *later, *late)}
    table = _table(counts, found)
    cells = tuple(cell for row in table.rows for cell in row if isinstance(cell, Fact))
    findings = (*_findings(facts), *_only_positives(counts, facts), *late_finding(late))
    shelf = Shelf().added(LateLabels(gap=late[2])) if late else Shelf()
    return Evidence(facts=(apart, *facts.values(), *cells), tables=(table,), findings=findings, shelf=shelf)


def _counts(counts: LabelCounts) -> Iterator[Fact]:
    words = {
        "rows": (counts.rows, "Labels"),
        "unmatched": (counts.unmatched, "Labels without a prediction"),
        "missing": (counts.missing, "Predictions without a label"),
        "duplicates": (counts.duplicates, "Labels beyond the first of their key"),
    }
    for key, (value, label) in words.items():
        yield number(f"data.labels.{key}", value, label=label, unit="count", source=SOURCE)


def _cohorts(project: Project, counts: LabelCounts, declared: Labels) -> Iterator[Fact]:
    dated = counts.days >= 0
    reason = NO_TIME_COLUMN
    days = int(dated.sum()) or math.nan
    early = float((~counts.mature).sum()) if dated.any() else math.nan
    left_out = float(counts.labelled[~counts.mature].sum()) if dated.any() else math.nan
    path = "data.labels.mature_at"
    yield Fact(
        id=path,
        value=declared.mature_at,
        label="Share of labels from which a day counts",
        unit="share",
        origin="declared",
        method="declared, or the default",
        source=place(project, path),
    )
    yield number(QUANTITY("data.cohorts.days"), days, source=SOURCE, reason=reason)
    yield number(QUANTITY("data.cohorts.immature"), early, source=SOURCE, reason=reason)
    yield number(QUANTITY("data.cohorts.left_out"), left_out, source=SOURCE, reason=reason)


def _delays(counts: LabelCounts) -> Iterator[Fact]:
    for key, (share, words) in QUANTILES.items():
        yield number(
            QUANTITY("data.labels.delay.{key}", key=key, words=words),
            _quantile(counts.delays or {}, share),
            n=sum((counts.delays or {}).values()) or None,
            source=SOURCE,
            reason=NO_ARRIVALS,
        )


def _quantile(delays: Mapping[int, int], share: float) -> float:
    total, seen = sum(delays.values()), 0
    for delay, rows in delays.items():
        seen += rows
        if seen >= share * total:
            return float(delay)
    return math.nan


def _table(counts: LabelCounts, found: Nowcast | None) -> Table:
    rows = tuple(_row(counts, index, found) for index, day in enumerate(counts.days) if day >= 0)[::-1]
    reason = "" if rows else NO_TIME_COLUMN
    return TABLE("labels.cohorts", rows, reason=reason)


def _row(counts: LabelCounts, index: int, found: Nowcast | None) -> tuple[Cell, ...]:
    date = date_of(int(counts.days[index]))
    assert date is not None
    predictions, labelled = int(counts.predictions[index]), int(counts.labelled[index])
    values = {
        "predictions": (predictions, "rows", "Predictions"),
        "labelled": (labelled, "rows", "Predictions with a label"),
        "completeness": (labelled / predictions, "share", "Share of predictions with a label"),
    }
    facts = (
        number(QUANTITY("data.cohorts.{key}.{date}", key=key, date=date, label=label), value, unit=unit, source=SOURCE)
        for key, (value, unit, label) in values.items()
    )
    mark = Mark(status="ok", word="yes") if counts.mature[index] else Mark(status="watch", word="not yet")
    return (date.isoformat(), *facts, mark, expected(found, counts, index))


def _only_positives(counts: LabelCounts, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Yield the finding that no label says no, while predictions lack one: a missing label may mean it."""
    if counts.positives is None or counts.arrivals is None or not counts.missing or not counts.positives.any():
        return
    if counts.positives.sum() == counts.arrivals.sum():
        yield finding(
            "labels.only_positives",
            "labels",
            "confirmed",
            "labels",
            (
                "Every label that came is positive, and ",
                facts["data.labels.missing"],
                " predictions have none: if a missing label means a no, write it as one once it is certain.",
            ),
            Claim(what="negatives", relation="fails", value=None),
        )


def _findings(facts: Mapping[str, Fact]) -> Iterator[Finding]:
    words: dict[str, tuple[Severity, Sentence]] = {
        "data.labels.unmatched": (
            "confirmed",
            (facts["data.labels.unmatched"], " labels have no prediction with their key."),
        ),
        "data.labels.missing": ("watch", (facts["data.labels.missing"], " predictions have no label yet.")),
        "data.labels.duplicates": (
            "confirmed",
            (facts["data.labels.duplicates"], " labels repeat the key of another; the last in the file counts."),
        ),
        "data.cohorts.immature": (
            "watch",
            (
                "Of ",
                facts["data.cohorts.days"],
                " with predictions ",
                facts["data.cohorts.immature"],
                " have too few labels and are left out of performance; a day counts from ",
                facts["data.labels.mature_at"],
                " on.",
            ),
        ),
    }
    for id, (severity, sentence) in words.items():
        if facts[id].value:
            yield finding(
                id, "labels", severity, "labels", sentence, Claim(what="labels", relation="above", value=facts[id])
            )


ANALYSIS = Analysis(id="labels", title="Labels and cohorts", run=run)
