"""Takes what errors cost and the system is meant to bring, gives loss and value of a month in money."""

from __future__ import annotations

import math

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import DECLARED, NO_RANGE, Fact, missing
from generator.records.project import Project
from generator.stats.business import DAYS_A_MONTH
from generator.subjects.business._inputs import Input, benefit_inputs
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, known, number_of


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Work out the monthly loss from errors and what the system brings in a month."""
    at = known(evidence, earlier)
    delay = _declared(project, "delay_cost_per_month", "Cost of a month's delay")
    return Decisions(facts=(*_losses(project, at), _value(project, at), delay))


def _declared(project: Project, field: str, label: str) -> Fact:
    return declared(
        project,
        f"declared.business.{field}",
        getattr(project.settings.business, field),
        f"business.{field}",
        unit="money",
        label=label,
    )


def _losses(project: Project, at: Known) -> tuple[Fact, ...]:
    price = _declared(project, "loss_per_unit_error", "Loss per row and unit of error")
    rows = _rows_a_month(at)
    whole, before, recent = (at.fact(f"performance.mae.{when}") for when in ("production", "validation", "recent"))
    loss = _loss("business.loss_per_month", "Loss from errors a month", whole, rows, price)
    then = _loss("business.loss_at_validation_per_month", "Loss a month at validation level", before, rows, price)
    lately = _loss(
        "business.loss_recent_per_month", "Loss a month at the level of the recent days", recent, rows, price
    )
    if at.fact("performance.mae.recent_material").value is not True:
        lately = missing(
            lately.id, "the recent days do not differ from the earlier ones", label=lately.label, unit="money"
        )
    return (
        price,
        rows,
        loss,
        then,
        lately,
        _increase("business.loss_increase_per_month", loss, then),
        _increase("business.loss_increase_recent_per_month", lately, then),
    )


def _rows_a_month(at: Known) -> Fact:
    per_day = at.fact("data.production.per_day")
    value = number_of(per_day)
    return derived(
        "business.rows_per_month",
        None if value is None else value * DAYS_A_MONTH,
        unit="rows",
        label="Predictions a month",
        method="rows a day × 365.25 / 12",
        source=per_day.id,
        reason=per_day.reason,
    )


def _loss(id: str, label: str, mae: Fact, rows: Fact, price: Fact) -> Fact:
    factors = [number_of(mae), number_of(rows), number_of(price)]
    scale = None if factors[1] is None or factors[2] is None else factors[1] * factors[2]
    reason = price.reason or mae.reason or rows.reason
    if scale is None or factors[0] is None:
        return derived(id, None, unit="money", label=label, reason=reason)
    return derived(
        id,
        factors[0] * scale,
        unit="money",
        label=label,
        method="MAE × rows a month × loss per unit of error",
        source=f"{mae.id}, {rows.id}, {price.id}",
        n=mae.n,
        low=None if mae.low is None else mae.low * scale,
        high=None if mae.high is None else mae.high * scale,
        range=mae.range,
    )


def _increase(id: str, loss: Fact, before: Fact) -> Fact:
    now, then = number_of(loss), number_of(before)
    value = None if now is None or then is None else now - then
    return derived(
        id,
        value,
        unit="money",
        label=f"{loss.label}, against validation",
        method="difference of the two losses, validation taken as exact",
        source=f"{loss.id}, {before.id}",
        reason=loss.reason or before.reason,
        low=None if loss.low is None or then is None else loss.low - then,
        high=None if loss.high is None or then is None else loss.high - then,
        range=loss.range,
    )


def _value(project: Project, at: Known) -> Fact:
    business = project.settings.business
    inputs = benefit_inputs(project, at)
    if len(inputs) > 1:
        return _product(inputs)
    fact = declared(
        project,
        "business.value_per_month",
        business.value_per_month,
        "business.value_per_month",
        unit="money",
        label="Value a month",
    )
    if fact.value is None:
        return fact
    return Fact(
        id=fact.id,
        value=fact.value,
        unit="money",
        label=fact.label,
        source=fact.source,
        origin="declared",
        low=business.value_low,
        high=business.value_high,
        range=DECLARED,
        method="as declared, with the declared range",
    )


def _product(inputs: tuple[Input, ...]) -> Fact:
    """The benefit of a month as effect times volume times value; its range is that of the effect."""
    others = math.prod(one.judged.value for one in inputs if one.key != "effect")
    from_effect = next(one for one in inputs if one.key == "effect")
    effect, measured = from_effect.judged, from_effect.fact.range
    return derived(
        "business.value_per_month",
        effect.value * others,
        unit="money",
        label="Value a month",
        method=" × ".join(one.label.lower() for one in inputs) + ", at full effect",
        source=", ".join(one.fact.id for one in inputs),
        low=None if effect.low is None else effect.low * others,
        high=None if effect.high is None else effect.high * others,
        range=DECLARED if measured == NO_RANGE else measured,
    )


DECISION = Decision(id="business", title="What errors cost and the system brings", run=run)
