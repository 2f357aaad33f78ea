"""Takes the levels of all segments, gives how unequal they are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from generator.estimates.facts import PRODUCTION, number
from generator.estimates.headline import Head
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing
from generator.records.headline import BINARY
from generator.records.table import Column, Table
from generator.subjects.segments._levels import Level, Split

RANKED = {"auc": "Ranking (AUC)", "base_rate": "Positives"}
"""Columns that only a binary model has."""


def summary(found: list[Split], rows: list[tuple[Level, dict[str, Fact]]], head: Head) -> list[Fact]:
    """Return the facts of the most unequal segment and of the level with the largest error."""
    known = [split for split in found if split.levels]
    if not known:
        return list(absent("no segment has enough rows and entities", head).facts)
    split = max(known, key=lambda s: s.heterogeneity.i2 if math.isfinite(s.heterogeneity.i2) else -1.0)
    worst, facts = rows[0]
    pooled = sum(each.pooled for each in found)
    return [
        number("segments.count", len(rows), label="Segment levels with enough rows", unit="count"),
        number("segments.pooled", pooled, label="Levels too small to be printed", unit="count"),
        *_unequal(split),
        Fact(
            id="segments.worst.name",
            value=f"{worst.segment} {worst.name}",
            label="Largest error",
            source=PRODUCTION,
        ),
        replace(facts["error"], id="segments.worst.error"),
        replace(facts["ratio"], id="segments.worst.ratio"),
    ]


def _unequal(split: Split) -> list[Fact]:
    """Return how far the levels of a segment are apart beyond chance."""
    prefix, tau, name = "segments.heterogeneity", _spread(split), split.segment.name
    method = f"within {name}, the most unequal segment"
    chance = "Share of the differences between levels that is not chance"
    return [
        number(f"{prefix}.i2", split.heterogeneity.i2, label=chance, unit="share", method=method),
        number(f"{prefix}.tau", tau, label="Spread of the typical error between levels", unit="share", method=method),
        Fact(id=f"{prefix}.segment", value=name, label="Most unequal segment", source=PRODUCTION),
    ]


def _spread(split: Split) -> float:
    shrunk = np.array([math.log(level.shrunk) for level in split.levels if level.shrunk > 0])
    return float(shrunk.std()) if shrunk.size > 1 else 0.0


def columns(head: Head, unit: str) -> tuple[Column, ...]:
    """Return the columns of the segment tables; `unit` is that of the target."""
    return (
        Column(key="segment", label="Segment"),
        Column(key="level", label="Level"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="error", label=head.metric.title, unit=head.unit),
        Column(key="shrunk", label="Shrunk", unit=head.unit),
        Column(key="ratio", label="Against overall", unit="change"),
        Column(key="bias", label="Mean error", unit=unit),
        *((Column(key=key, label=label) for key, label in RANKED.items()) if head.metric is BINARY else ()),
        Column(key="status", label="Reading"),
    )


def absent(reason: str, head: Head) -> Evidence:
    """Return the evidence of data without segments."""
    names = (
        "count",
        "pooled",
        "heterogeneity.i2",
        "heterogeneity.tau",
        "heterogeneity.segment",
        "worst.name",
        "worst.error",
        "worst.ratio",
    )
    return Evidence(
        facts=tuple(missing(f"segments.{name}", reason, label=name) for name in names),
        tables=tuple(
            Table(id=f"segments.{name}", title="Errors by segment", columns=columns(head, ""), rows=(), reason=reason)
            for name in ("all", "worst")
        ),
    )
