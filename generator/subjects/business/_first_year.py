"""Takes the value of a month and every cost, gives cost, benefit, return and payback of the first year."""

import numpy as np

from generator.records.fact import Fact, Sentence
from generator.results.words import quantities
from generator.stats import business, economics
from generator.subjects.business._inputs import CaseInput, Horizon
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import number_of

QUANTITY = quantities(__file__)

MONTHS = business.MONTHS
Line = tuple[Fact, Sentence]


def first_year(value: Fact, costs: tuple[CaseInput, ...], ahead: Horizon, no_cost: str) -> tuple[Line, ...]:
    """Return the facts of the first year, each with its formula."""
    once = tuple(one.fact for one in costs if one.role == "once")
    yearly = tuple(one.fact for one in costs if one.role == "per_year")
    cost = derived(
        QUANTITY("business.cost_first_year"),
        _sum((*once, *yearly)) if costs else None,
        reason=no_cost,
        source=", ".join(one.fact.id for one in costs),
    )
    benefit = _benefit(value, ahead)
    roi, payback = _roi(benefit, cost), _payback(value, once, yearly, cost)
    months = derived(
        QUANTITY("business.full_months"), _months(ahead) if value.value is not None else None, reason=value.reason
    )
    return (
        (cost, _added((*once, *yearly))),
        (months, ("twelve from its first traffic on, less half of the ramp-up",)),
        (benefit, (months, " × ", value)),
        (roi, ("(", benefit, " − ", cost, ") / ", cost)),
        (
            payback,
            (
                "costs that arise once / (",
                value,
                " − yearly costs / 12), at full effect",
            ),
        ),
    )


def _sum(facts: tuple[Fact, ...]) -> float:
    return sum(number_of(fact) or 0.0 for fact in facts)


def _added(facts: tuple[Fact, ...]) -> Sentence:
    return tuple(part for fact in facts for part in (" + ", fact))[1:]


def _months(ahead: Horizon) -> float:
    return float(np.sum(business.ramp(MONTHS, ahead.ramp)))


def _benefit(value: Fact, ahead: Horizon) -> Fact:
    months = _months(ahead)
    monthly = number_of(value)
    return derived(
        QUANTITY("business.benefit_first_year"),
        None if monthly is None else monthly * months,
        source=value.id,
        reason=value.reason,
        low=None if value.low is None else value.low * months,
        high=None if value.high is None else value.high * months,
        range=value.range,
    )


def _roi(benefit: Fact, cost: Fact) -> Fact:
    spent = number_of(cost)

    def over(value: float | None) -> float | None:
        return None if value is None or not spent else economics.return_on_investment(value, spent)

    return derived(
        QUANTITY("business.roi"),
        over(number_of(benefit)),
        source=f"{benefit.id}, {cost.id}",
        low=over(benefit.low),
        high=over(benefit.high),
        range=benefit.range,
        reason=benefit.reason or cost.reason or "the cost is zero",
    )


def _payback(value: Fact, once: tuple[Fact, ...], yearly: tuple[Fact, ...], cost: Fact) -> Fact:
    def months(monthly: float | None) -> float | None:
        net = None if monthly is None else monthly - _sum(yearly) / MONTHS
        return None if net is None or net <= 0 or cost.value is None else _sum(once) / net

    return derived(
        QUANTITY("business.payback"),
        months(number_of(value)),
        low=months(value.high),
        high=months(value.low),
        range=value.range,
        source=f"{value.id}, {cost.id}",
        reason=value.reason or cost.reason or "the value does not cover the running cost",
    )
