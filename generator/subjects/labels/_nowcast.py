"""Takes labels by prediction day and age, gives what is still to come: final counts, and when a day is mature."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import date_of, number
from generator.records.aggregates import FloatArray, IntArray
from generator.records.fact import Fact, missing
from generator.records.ledger import LabelCounts
from generator.records.named import PROJECT
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.stats.estimated import chain_ladder

QUANTITY = quantities(__file__)

NO_ARRIVALS = lacking("no column says when a label arrived", "data.labels.arrived", file=PROJECT)
SOURCE = "labels joined to the production rows"
METHOD = "chain ladder on counts by prediction day and label age (Mack 1993), young days by the share of all (Cape Cod)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Nowcast:
    """Expected final labels by day (D,), nan for rows without one; what is to come in all, with its standard error.

    `to_go` (ages,) is the final count over the count at an age: 1 where no label comes any more.
    """

    final: FloatArray
    outstanding: float
    se: float
    to_go: FloatArray


def nowcast(counts: LabelCounts, arrived: IntArray | None, most: IntArray) -> Nowcast | None:
    """Return the nowcast of labels that `arrived` by day and age, of `most` a day; None without arrivals.

    How days fill up is the chain ladder's; what a young day lacks is taken from the share of all days that fills up
    (Cape Cod; Bühlmann 1983), since multiplying up its first few labels would be noise. The standard error is that of
    the chain ladder, which is the larger one.
    """
    if arrived is None or not arrived.any():
        return None
    until = seen_until(counts)
    ages = np.arange(arrived.shape[1])
    known = (ages <= until - counts.days[:, None]) & (counts.days >= 0)[:, None]
    triangle = np.where(known, np.cumsum(arrived, axis=1, dtype=np.float64), np.nan)
    ladder = chain_ladder(triangle)
    base = np.where(np.isfinite(triangle[:, 1:]), triangle[:, :-1], 0.0).sum(axis=0)
    blind = np.append(base == 0, False)
    to_go = np.where(blind, np.inf, np.concatenate([np.cumprod(ladder.factors[::-1])[::-1], [1.0]]))
    there = 1.0 / to_go[np.minimum(until - counts.days, ages[-1])]
    dated, latest = counts.days >= 0, arrived.sum(axis=1)
    share = latest[dated].sum() / (most * there)[dated].sum()
    final = np.where(dated, np.minimum(latest + most * share * (1.0 - there), most), np.nan)
    return Nowcast(final=final, outstanding=float(np.nansum(final - latest)), se=ladder.outstanding_se, to_go=to_go)


def nowcast_facts(counts: LabelCounts, found: Nowcast | None, share: float) -> Iterator[Fact]:
    """Yield what is still to come, the days until a day is mature, and the newest day that is; `share` makes it so."""
    still, low, high = math.nan, math.nan, math.nan
    if found is not None:
        still = found.outstanding
        low, high = max(still - 1.96 * found.se, 0.0), min(still + 1.96 * found.se, float(counts.missing))
    yield number(
        QUANTITY("labels.nowcast.outstanding"),
        round(still) if math.isfinite(still) else still,
        low=low,
        high=max(high, still),
        source=SOURCE,
    )
    ready = math.nan if found is None else mature_after(found, share)
    yield number(QUANTITY("labels.nowcast.mature_after"), ready, source=SOURCE)
    days = counts.days[counts.mature & (counts.days >= 0)]
    label = "Newest day with enough labels"
    if not days.size:
        yield missing("labels.mature.until", "no day has enough labels yet", label=label, unit="date")
    else:
        date = date_of(int(days.max()))
        yield Fact(id="labels.mature.until", value=date, unit="date", label=label, source=SOURCE, origin="measured")


def mature_after(found: Nowcast, share: float) -> float:
    """Return the first age by which the share of the labels has come."""
    return float(np.flatnonzero(found.to_go * share <= 1)[0])


def positive_facts(counts: LabelCounts) -> Iterator[Fact]:
    """Yield, of the days that do not count yet, the share of positives as it seems, and as it will be."""
    found, arrived = nowcast(counts, counts.positives, counts.predictions), counts.positives
    if arrived is None:
        return
    here = ~counts.mature & (np.isfinite(found.final) if found else False)
    rows = float(counts.predictions[here].sum())
    values = (
        ("seeming", float(arrived[here].sum()), "a missing label counted as a no", ""),
        ("expected", float(found.final[here].sum()) if found else math.nan, "once all labels are there", METHOD),
    )
    for key, positives, words, method in values:
        yield number(
            QUANTITY("labels.nowcast.positives.{key}", key=key, words=words),
            positives / rows if rows else math.nan,
            n=rows,
            method=method,
            source=SOURCE,
        )


def expected(found: Nowcast | None, counts: LabelCounts, index: int) -> Fact:
    """Return the fact of the labels that a day is expected to have in the end."""
    value = math.nan if found is None else float(found.final[index])
    return number(
        QUANTITY("labels.nowcast.final.{days}", days=date_of(int(counts.days[index]))),
        round(value) if math.isfinite(value) else value,
        method=METHOD,
        source=SOURCE,
        reason=NO_ARRIVALS,
    )


def seen_until(counts: LabelCounts) -> int:
    """Return the newest day that something is known of: a prediction, or the arrival of a label."""
    assert counts.arrivals is not None
    day, age = np.nonzero(counts.arrivals)
    return int(max(counts.days.max(), (counts.days[day] + age).max(initial=0)))
