"""Takes a risk with its rate and its losses, gives what it is expected to cost a year, with a range."""

import math

import numpy as np

from generator.records.fact import SIMULATION_90, Fact, segment_of
from generator.results.words import quantities
from generator.stats.distributions import normal_quantile
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known
from generator.subjects.risks._evidence import RegisterLine

QUANTITY = quantities(__file__)

DRAWS, SEED = 20_000, 20_240_501
SPREAD = 2.0
"""A declared loss is taken as right within this factor, nineteen times of twenty."""
REASON = "incidents a year and loss of one are not both declared"
FROM_FINDINGS = {"performance": "business.loss_increase_per_month"}
"""Kinds of findings whose price a month is worked out elsewhere."""
UNPRICED = "what it costs is not worked out"
WITHIN = {"segment": "not worked out by group: a part of what larger errors cost"}
"""Why a kind has no price of its own where another one's holds it."""


def expected_loss(entry: RegisterLine, at: Known, head: str) -> Fact:
    """Return the expected loss a year: rate × loss of one incident, or × loss a day × days until seen and mended.

    The rate is a gamma posterior that has seen the declared incidents in one year (Jeffreys prior); losses are
    lognormal within a factor of two. The range holds nine tenths of seeded draws.
    """
    label = f"Expected loss a year, {entry.risk.title}"
    if entry.index is None:
        return _found(entry, at, head, label)
    rate, once = entry.risk.incidents_per_year, _once(entry, at)
    if rate is None or once is None:
        return derived(f"{head}.expected_loss", None, unit="money", label=label, reason=REASON)
    low, high = _range(rate, once)
    return derived(
        QUANTITY("{head}.expected_loss", head=head),
        rate * once,
        label=label,
        low=low,
        high=high,
        range=SIMULATION_90,
        n=DRAWS,
        source=_source(entry),
    )


def _once(entry: RegisterLine, at: Known) -> float | None:
    """Return the loss of one incident: as declared, or the loss of each day until it is seen and mended."""
    risk = entry.risk
    if risk.loss_per_day is None:
        return risk.loss_per_incident
    seen = (
        (at.number(f"alerts.{segment_of(risk.rule)}.{level}.delay") for level in ("yellow", "red")) if risk.rule else ()
    )
    delays = [days for days in seen if days is not None]
    days = (min(delays) if delays else risk.found_after_days or 0.0) + (risk.repair_days or 0.0)
    return risk.loss_per_day * days if days else risk.loss_per_incident


def _found(entry: RegisterLine, at: Known, head: str, label: str) -> Fact:
    """Return twelve times what a found risk costs a month, where that was worked out."""
    kind = entry.risk.id.removeprefix("found-")
    month = at.fact(FROM_FINDINGS.get(kind, ""))
    value = month.number
    if value is None or value <= 0:
        why = WITHIN.get(kind, UNPRICED)
        return derived(f"{head}.expected_loss", None, unit="money", label=label, reason=why)
    low, high = (None if end is None else 12 * max(end, 0.0) for end in (month.low, month.high))
    return derived(
        f"{head}.expected_loss",
        12 * value,
        unit="money",
        label=label,
        low=low,
        high=high,
        range=month.range,
        method="twelve times the present loss a month, should it last",
        source=month.id,
    )


def _range(rate: float, once: float) -> tuple[float, float]:
    """Return the 5 % and the 95 % point of the drawn yearly losses."""
    rng = np.random.Generator(np.random.Philox(SEED))
    rates = rng.gamma(rate + 0.5, 1.0, DRAWS)
    losses = once * np.exp(rng.normal(0.0, math.log(SPREAD) / normal_quantile(0.975), DRAWS))
    low, high = np.quantile(rates * losses, [0.05, 0.95])
    return float(min(low, rate * once)), float(max(high, rate * once))


def _source(entry: RegisterLine) -> str:
    names = ["incidents_per_year", "loss_per_incident" if entry.risk.loss_per_day is None else "loss_per_day"]
    return ", ".join(f"risks.{entry.index}.{name}" for name in names)
