"""Takes what errors cost and the system is meant to bring, gives loss, value, return and payback in money."""

from __future__ import annotations

from collections.abc import Callable

from generator.decide._facts import columns, declared, derived, table
from generator.decide._known import Known, known, number_of
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence
from generator.records.project import Project

MONTHS = 12
DAYS_A_MONTH = 365 / 12


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Work out the monthly loss from errors and the return of the system."""
    at = known(evidence, earlier)
    loss = _losses(project, at)
    value = _values(project)
    every = (*loss, *value)
    rows = tuple((fact.label, fact, _named(formula)) for fact, formula in every)
    return Decisions(
        facts=tuple(fact for fact, _ in every),
        tables=(table(
            "business.terms", "Business case", columns("*item", "value", "*formula"), rows,
            reason="nothing to work out",
        ),),
    )


def _named(formula: Sentence) -> Sentence:
    """Put the name of a term where it has no value."""
    return tuple(
        part.label.lower() or part.id if isinstance(part, Fact) and part.value is None else part for part in formula
    )


def _declared(project: Project, field: str, label: str) -> Fact:
    return declared(project, f"declared.business.{field}", getattr(project.settings.business, field),
                    f"business.{field}", unit="money", label=label)


def _losses(project: Project, at: Known) -> tuple[tuple[Fact, Sentence], ...]:
    price = _declared(project, "loss_per_unit_error", "Loss per row and unit of error")
    rows = _rows_a_month(at)
    production, validation = at.fact("performance.mae.production"), at.fact("performance.mae.validation")
    loss = _loss("business.loss_per_month", "Loss from errors a month", production, rows, price)
    before = _loss("business.loss_at_validation_per_month", "Loss a month at validation level", validation, rows, price)
    return (
        (price, (project.settings.business.why_loss or "as declared",)),
        (rows, ("rows a day ", at.fact("data.production.per_day"), " × 365 days / 12",)),
        (loss, ("MAE ", production, " × ", rows, " × ", price)),
        (before, ("validation MAE ", validation, " × ", rows, " × ", price)),
        (_increase(loss, before), (loss, " − ", before, ", validation taken as exact")),
    )


def _rows_a_month(at: Known) -> Fact:
    per_day = at.fact("data.production.per_day")
    value = number_of(per_day)
    return derived(
        "business.rows_per_month", None if value is None else value * DAYS_A_MONTH, unit="rows",
        label="Predictions a month", method="rows a day × 365 / 12", source=per_day.id, reason=per_day.reason,
    )


def _loss(id: str, label: str, mae: Fact, rows: Fact, price: Fact) -> Fact:
    factors = [number_of(mae), number_of(rows), number_of(price)]
    scale = None if factors[1] is None or factors[2] is None else factors[1] * factors[2]
    reason = price.reason or mae.reason or rows.reason
    if scale is None or factors[0] is None:
        return derived(id, None, unit="money", label=label, reason=reason)
    return derived(
        id, factors[0] * scale, unit="money", label=label, method="MAE × rows a month × loss per unit of error",
        source=f"{mae.id}, {rows.id}, {price.id}", n=mae.n,
        low=None if mae.low is None else mae.low * scale, high=None if mae.high is None else mae.high * scale,
    )


def _increase(loss: Fact, before: Fact) -> Fact:
    now, then = number_of(loss), number_of(before)
    value = None if now is None or then is None else now - then
    return derived(
        "business.loss_increase_per_month", value, unit="money", label="Loss a month against validation",
        method="difference of the two losses, validation taken as exact", source=f"{loss.id}, {before.id}",
        reason=loss.reason or before.reason,
        low=None if loss.low is None or then is None else loss.low - then,
        high=None if loss.high is None or then is None else loss.high - then,
    )


def _values(project: Project) -> tuple[tuple[Fact, Sentence], ...]:
    business = project.settings.business
    value = _value(project)
    setup = _declared(project, "implementation_cost", "Implementation, once")
    running = _declared(project, "running_cost_per_year", "Running cost a year")
    delay = _declared(project, "delay_cost_per_month", "Cost of a month's delay")
    cost = _of(
        "business.cost_first_year", "Cost of the first year", "money", (setup, running),
        lambda once, yearly: once + yearly, "implementation + running cost",
    )
    benefit = _scaled("business.benefit_first_year", "Benefit of the first year", value)
    roi = _roi(benefit, cost)
    payback = _payback(value, setup, running)
    return (
        (value, (business.why_value or "as declared",)),
        (setup, ("as declared",)), (running, ("as declared",)), (delay, ("as declared",)),
        (cost, (setup, " + ", running)),
        (benefit, ("12 months × ", value, ", without ramp-up")),
        (roi, ("(", benefit, " − ", cost, ") / ", cost)),
        (payback, (setup, " / (", value, " − ", running, " / 12 months)")),
    )


def _value(project: Project) -> Fact:
    business = project.settings.business
    fact = declared(project, "business.value_per_month", business.value_per_month, "business.value_per_month",
                    unit="money", label="Value a month")
    if fact.value is None:
        return fact
    return Fact(
        id=fact.id, value=fact.value, unit="money", label=fact.label, source=fact.source, origin="declared",
        low=business.value_low, high=business.value_high, method="as declared, with the declared range",
    )


def _scaled(id: str, label: str, monthly: Fact) -> Fact:
    value = number_of(monthly)
    return derived(
        id, None if value is None else value * MONTHS, unit="money", label=label, method="value a month × 12",
        source=monthly.id, reason=monthly.reason,
        low=None if monthly.low is None else monthly.low * MONTHS,
        high=None if monthly.high is None else monthly.high * MONTHS,
    )


def _roi(benefit: Fact, cost: Fact) -> Fact:
    spent = number_of(cost)

    def over(value: float | None) -> float | None:
        return None if value is None or not spent else (value - spent) / spent

    return derived(
        "business.roi", over(number_of(benefit)), unit="change", label="Return on investment, first year",
        method="(benefit − cost) / cost", source=f"{benefit.id}, {cost.id}", low=over(benefit.low),
        high=over(benefit.high), reason=benefit.reason or cost.reason or "the cost is zero",
    )


def _payback(value: Fact, setup: Fact, running: Fact) -> Fact:
    once, yearly = number_of(setup), number_of(running)

    def months(monthly: float | None) -> float | None:
        net = None if monthly is None or yearly is None else monthly - yearly / MONTHS
        return None if net is None or once is None or net <= 0 else once / net

    low, high = months(value.high), months(value.low)
    return derived(
        "business.payback", months(number_of(value)), unit="months", label="Payback",
        method="implementation / (value a month − running cost a month)", low=low, high=high,
        source=f"{value.id}, {setup.id}, {running.id}",
        reason=value.reason or setup.reason or running.reason or "the value does not cover the running cost",
    )


def _of(
    id: str, label: str, unit: str, terms: tuple[Fact, Fact], join: Callable[[float, float], float], method: str
) -> Fact:
    first, second = number_of(terms[0]), number_of(terms[1])
    return derived(
        id, None if first is None or second is None else join(first, second), unit=unit, label=label, method=method,
        source=f"{terms[0].id}, {terms[1].id}", reason=terms[0].reason or terms[1].reason,
    )


DECISION = Decision(id="business", title="Business case", run=run)
