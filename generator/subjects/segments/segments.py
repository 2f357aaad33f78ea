"""Where the errors are: every segment level raw and shrunk, the largest first."""

import math
from dataclasses import replace

from generator.estimates.facts import NO_LABELS, PRODUCTION, estimated, number, target_unit
from generator.estimates.headline import Head, head_of
from generator.estimates.intervals import estimate
from generator.estimates.whole import all_rows
from generator.records.fact import Fact, missing, segment_of
from generator.records.headline import BINARY
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Subject
from generator.records.project import Project
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.stats.arrays import ratio
from generator.subjects.segments._beside import beside
from generator.subjects.segments._daily import days, watched
from generator.subjects.segments._levels import SegmentLevel, levels_of
from generator.subjects.segments._past import pasts
from generator.subjects.segments.facts import NO_LEVEL, show
from generator.subjects.segments.found import LevelErrors, Segments

QUANTITY = quantities(__file__)


def find(project: Project, ledger: Ledger) -> Segments:
    """Return the error of every segment level, and each beside its own past."""
    sums, unit = all_rows(ledger), target_unit(project)
    head = head_of(ledger, unit)
    reason = NO_LABELS if sums is None else ""
    if not reason and all(segment.hidden for segment in ledger.plan.segments):
        reason = lacking("no segments declared", "data.segments", file=PROJECT)
    overall = math.nan if sums is None else estimate(head.ratio, sums).value
    levels = [] if reason else sorted(levels_of(ledger, head), key=_largest_first)
    errors = tuple(_errors(level, overall, head, unit) for level in levels)
    where = watched(project, (levels[0].segment, levels[0].name) if levels else ("", ""))
    return Segments(
        headline=head.metric.metric,
        unit=head.unit,
        bias_unit="points" if head.metric is BINARY else unit,
        reason=reason,
        worst=_worst(errors, reason or NO_LEVEL),
        worst_error=_worst_error(errors, head, reason or NO_LEVEL),
        levels=errors,
        pasts=() if reason else beside(list(pasts(ledger, head)), head, entities=ledger.entity_groups),
        watched=f"{where[0]} {where[1]}",
        days=() if reason else days(ledger, where, head),
    )


def _worst(errors: tuple[LevelErrors, ...], reason: str) -> Fact:
    id, label = "segments.worst.name", "Largest error"
    if not errors:
        return missing(id, reason, label="worst.name")
    return Fact(id=id, value=f"{errors[0].segment} {errors[0].name}", label=label, source=PRODUCTION)


def _worst_error(errors: tuple[LevelErrors, ...], head: Head, reason: str) -> Fact:
    id = "segments.worst.error"
    return replace(errors[0].metrics[head.metric.metric], id=id) if errors else missing(id, reason, label="worst.error")


def _largest_first(level: SegmentLevel) -> tuple[float, str, str]:
    """By the shrunk error, which the tables print: a level of few rows is not first by chance."""
    return (-level.shrunk if math.isfinite(level.shrunk) else 0.0, level.segment, level.name)


def _errors(level: SegmentLevel, overall: float, head: Head, unit: str) -> LevelErrors:
    prefix = f"segments.{segment_of(level.segment)}.{segment_of(level.name)}"
    where, metric = f"{level.segment} {level.name}", head.metric
    name, n = metric.name.capitalize(), level.sums.total("n")
    ends = (level.error.value, level.error.low, level.error.high)
    value, low, high = (ratio(end, overall, math.nan) - 1 for end in ends)
    return LevelErrors(
        segment=level.segment,
        name=level.name,
        rows=number(QUANTITY("{prefix}.n", prefix=prefix, where=where), n),
        metrics={
            metric.metric: estimated(
                QUANTITY("{prefix}.{metric}", prefix=prefix, metric=metric.metric, name=name, where=where),
                level.error,
                unit=head.unit,
            ),
            "mae": estimated(QUANTITY("{prefix}.mae", prefix=prefix, where=where), level.mae, unit=unit),
            "bias": estimated(
                QUANTITY("{prefix}.bias", prefix=prefix, where=where),
                level.bias,
                unit="points" if metric is BINARY else unit,
            ),
            **_ranking(level, prefix, where),
        },
        shrunk=number(
            QUANTITY("{prefix}.{metric}_shrunk", prefix=prefix, metric=metric.metric, name=name, where=where),
            level.shrunk,
            unit=head.unit,
            low=level.shrunk_low,
            high=level.shrunk_high,
            n=n,
        ),
        ratio=number(
            QUANTITY("{prefix}.ratio", prefix=prefix, name=name, where=where),
            value,
            low=low,
            high=high,
            n=n,
            method=level.error.method,
        ),
    )


def _ranking(level: SegmentLevel, prefix: str, where: str) -> dict[str, Fact]:
    """Return the metrics that only a binary model has."""
    if level.auc is None or level.base_rate is None:
        return {}
    one_kind = "all its known outcomes are the same"
    return {
        "auc": estimated(QUANTITY("{prefix}.auc", prefix=prefix, where=where), level.auc, reason=one_kind),
        "base_rate": estimated(QUANTITY("{prefix}.base_rate", prefix=prefix, where=where), level.base_rate),
    }


SUBJECT = Subject(id="segments", title="Errors by segment", find=find, show=show)
