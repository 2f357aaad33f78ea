"""How groups of people fare: error, bias and decisions by level of the sensitive segments, and the largest gaps."""

import math
from collections.abc import Iterator

from generator.estimates.decision_points import costs_of
from generator.estimates.facts import NO_LABELS, declared, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import estimate
from generator.estimates.whole import all_rows
from generator.records.evidence import Claim, Evidence, Finding, Scope, finding
from generator.records.fact import Fact, missing, segment_of
from generator.records.ledger import Ledger, SegmentPlan
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import quantities, tables
from generator.stats.thresholds import best_threshold
from generator.subjects.fairness._levels import (
    MEASURES,
    Cohort,
    Gap,
    Threshold,
    folds,
    gaps,
    groups_in,
    interval_of,
    threshold_of,
)

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NONE = lacking(
    "no segment is marked as a group of people to protect", "data.segments", "data.segments.sensitive", file=PROJECT
)
NO_THRESHOLD = lacking("no threshold and no costs are declared", "decision", file=PROJECT)
FEW = "too few rows"
MARGIN = 0.25
"""A gap of the error is worth a look from a quarter of the whole error on, where no limit is declared."""
LABELS = {
    "error": "Error",
    "bias": "Prediction less outcome",
    "acted": "Acted on",
    "hits": "Acted on who were positive",
    "missed": "Positives not acted on",
}
CHANCES = {"bias": "Predicted less actual share"}
METHOD = "entity groups left out in turn"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return what each group of the sensitive segments gets, the largest gaps, and what exceeds a declared limit."""
    marked = {s.name or s.column for s in project.settings.data.segments if s.sensitive}
    segments = [segment for segment in ledger.plan.segments if segment.name in marked and not segment.hidden]
    sums = all_rows(ledger)
    counted = number(QUANTITY("fairness.count.segments"), len(segments), source="data.segments")
    if not segments or sums is None:
        why = NONE if not segments else NO_LABELS
        return Evidence(
            facts=(counted, missing("fairness.threshold", why, label="Threshold compared")),
            tables=_tables(project, ledger, [], [], why),
        )
    told = ToldGroups(project, ledger, head_of(ledger, target_unit(project)))
    for segment in segments:
        told.tell(segment)
    tables = _tables(project, ledger, told.groups, told.gaps, FEW)
    return Evidence(facts=(counted, *told.facts()), tables=tables, findings=tuple(told.findings))


class ToldGroups:
    """The groups and gaps as facts and rows, one segment after the other."""

    def __init__(self, project: Project, ledger: Ledger, head: Head) -> None:
        self.project, self.ledger, self.head = project, ledger, head
        costs = costs_of(project.settings.decision)
        self.at = threshold_of(project, ledger, math.nan if costs is None else best_threshold(costs))
        self.folds = folds(ledger)
        sums = all_rows(ledger)
        self.scale = math.nan if sums is None else estimate(head.ratio, sums).value
        self.made: list[Fact] = []
        self.groups: list[tuple[Cell, ...]] = []
        self.gaps: list[tuple[Cell, ...]] = []
        self.findings: list[Finding] = []

    def facts(self) -> Iterator[Fact]:
        """Yield the threshold compared, then what was told of each group and gap."""
        yield _threshold(self.at, binary=self.ledger.plan.binary)
        yield from self.made

    def tell(self, segment: SegmentPlan) -> None:
        """Add one segment."""
        small = self.project.settings.privacy.small_cell
        groups, pooled = groups_in(self.ledger, segment, self.head, self.at, small)
        self.made.append(
            number(QUANTITY("fairness.{id}.suppressed", id=segment_of(segment.name), name=segment.name), pooled)
        )
        for group in groups:
            self._group(segment.name, group)
        for gap in gaps(groups, self.folds, self.scale):
            self._gap(segment.name, gap)

    def _group(self, segment: str, group: Cohort) -> None:
        name, where = f"fairness.{segment_of(segment)}.{segment_of(group.name)}", f"{segment} {group.name}"
        rows = number(QUANTITY("{name}.n", name=name, where=where), group.rows)
        shown = []
        for measure in MEASURES if self.ledger.plan.binary else MEASURES[:2]:
            part = group.parts.get(measure)
            found = None if part is None else interval_of(part, self.folds)
            nan = math.nan
            shown.append(
                number(
                    QUANTITY(
                        "{name}.{measure}",
                        name=name,
                        measure=measure,
                        measure_2=_label(measure, self.ledger),
                        where=where,
                    ),
                    nan if found is None else found.estimate,
                    unit=self._unit(measure),
                    low=nan if found is None else found.low,
                    high=nan if found is None else found.high,
                    n=None if part is None else part.rows,
                    method=METHOD,
                    reason=FEW if self.at or measure in ("error", "bias") else NO_THRESHOLD,
                )
            )
        self.made += [rows, *shown]
        self.groups.append((segment, group.name, rows, *shown))

    def _gap(self, segment: str, gap: Gap) -> None:
        limits = self.project.settings.objectives.fairness
        label = _label(gap.measure, self.ledger)
        name = f"fairness.{segment_of(segment)}.gap.{gap.measure}"
        unit = "share" if gap.measure == "error" else self._unit(gap.measure)
        found = number(
            name,
            gap.found.estimate,
            low=gap.found.low,
            high=gap.found.high,
            unit=unit,
            label=f"Largest gap: {label.lower()}, {segment}",
            method=f"highest less lowest group, {METHOD}, limits widened for every pair of groups"
            + (", as a share of the error of all rows" if gap.measure == "error" else ""),
        )
        path, words = f"objectives.fairness.{gap.measure}", f"Limit: {label.lower()}, {segment}"
        limit = declared(self.project, f"{name}.limit", path, getattr(limits, gap.measure), label=words, unit=unit)
        self.made += [found, limit]
        mark = _judged(found, limit)
        self.gaps.append((segment, label, gap.low, gap.high, found, () if limit.reason else limit, mark))
        if mark.status in ("fail", "watch"):
            self.findings.append(_finding(segment, label, gap, (found, limit), mark))

    def _unit(self, measure: str) -> str:
        if measure == "error":
            return self.head.unit
        if measure == "bias":
            return "share" if self.ledger.plan.binary else target_unit(self.project)
        return "share"


def _label(measure: str, ledger: Ledger) -> str:
    return CHANCES.get(measure, LABELS[measure]) if ledger.plan.binary else LABELS[measure]


def _threshold(at: Threshold | None, *, binary: bool) -> Fact:
    label = "Threshold compared"
    if at is None:
        return missing(
            "fairness.threshold", NO_THRESHOLD if binary else "the model predicts numbers, not chances", label=label
        )
    method = "the edge of the bins kept by group that is nearest to the threshold acted from"
    return number("fairness.threshold", at.edge, label=label, unit="share", method=method, origin="derived")


def _judged(found: Fact, limit: Fact) -> Mark:
    low, high = found.low, found.high
    if low is None or high is None:
        return Mark(status="inconclusive", word="no interval")
    if limit.number is None:
        wide = found.id.endswith(".gap.error") and low > MARGIN
        return Mark(status="watch", word="wide") if wide else Mark(status="info", word="no limit")
    if low > limit.number:
        return Mark(status="fail", word="beyond the limit")
    return Mark(status="pass", word="within") if high <= limit.number else Mark(status="inconclusive", word="open")


def _finding(segment: str, label: str, gap: Gap, facts: tuple[Fact, Fact], mark: Mark) -> Finding:
    found, limit = facts
    words: tuple[str | Fact, ...] = (f"{label} differs by {segment}: {gap.high} is above {gap.low} by ", found)
    beyond = mark.status == "fail"
    return finding(
        f"fairness.{segment_of(segment)}.{gap.measure}",
        "fairness",
        "confirmed" if beyond else "watch",
        f"{segment}: {label.lower()}",
        (*words, ", more than the limit of ", limit, ".") if beyond else (*words, "."),
        Claim(
            what=gap.measure,
            relation="above",
            value=found,
            baseline=limit if beyond else None,
            scope=Scope(segment=segment),
        ),
    )


def _tables(
    project: Project, ledger: Ledger, groups: list[tuple[Cell, ...]], gaps: list[tuple[Cell, ...]], why: str
) -> tuple[Table, Table]:
    unit = target_unit(project)
    head = head_of(ledger, unit)
    units = {"error": head.unit, "bias": "share" if ledger.plan.binary else unit}
    measures = MEASURES if ledger.plan.binary else MEASURES[:2]
    shown = [Column(key=m, label=_label(m, ledger), unit=units.get(m, "share")) for m in measures]
    first = (Column(key="segment", label="Segment"), Column(key="group", label="Group"))
    return (
        Table(
            id="fairness.groups",
            title="How groups of people fare",
            columns=(*first, Column(key="rows", label="Rows", unit="rows"), *shown),
            rows=tuple(groups),
            reason="" if groups else why,
        ),
        TABLE("fairness.gaps", gaps, reason=why),
    )


ANALYSIS = Analysis(id="fairness", title="How groups of people fare", run=run)
