"""Takes what errors cost and the system is meant to bring, gives loss and value of a month in money."""

import math
from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import DECLARED, NO_RANGE, NOWHERE, Fact, missing
from generator.records.project import Project
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.stats.business import DAYS_A_MONTH
from generator.subjects.business._inputs import CaseInput, benefit_inputs
from generator.subjects.kit.facts import declared, derived, flag
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.measured import production, validation
from generator.subjects.limits.series import daily_rows
from generator.subjects.performance.found import Performance
from generator.subjects.windows.found import Measure, Recent

QUANTITY = quantities(__file__)
COUNTED = "Cases a day that the value counts on"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Work out the monthly loss from errors and what the system brings in a month."""
    at = known(evidence, earlier)
    delay = _declared(project, "delay_cost_per_month", "Cost of a month's delay")
    return Decisions(
        facts=(*_losses(project, at), *_price(project, at), _value(project, at), *_rests_on(project, at), delay),
        findings=tuple(_beyond_capacity(project)),
    )


def _price(project: Project, at: Known) -> tuple[Fact, ...]:
    """What a unit of error costs a row: as declared; of a probability what choosing by it is worth, over its lead."""
    label, numbers = "Cost of a unit of error, a row", "the model predicts numbers, not chances"
    if project.settings.data.task != "binary":
        stated = _declared(project, "loss_per_unit_error", label)
        return (
            replace(stated, id="business.price_of_error"),
            missing("business.worth_of_choosing", numbers, unit="money"),
        )
    worth = _choosing(at)
    gain = number_of(worth)
    without, own = at.shelf[Performance].benchmark.errors.error, production(at.shelf, "brier")
    lead = (number_of(without) or 0.0) - (number_of(own) or 0.0) if own.value is not None else 0.0
    price = derived(
        QUANTITY("business.price_of_error"),
        gain / lead if gain is not None and gain > 0 and lead > 0 else None,
        label=label,
        source=f"{worth.id}, {without.id}, {own.id}",
        reason=worth.reason or without.reason or own.reason or "the model is not better than the share of positives",
    )
    return (price, worth)


def _choosing(at: Known) -> Fact:
    """What a case gains because the highest are acted on, and not as many by chance."""
    point = "current" if at.fact("decision.current.cost").value is not None else "optimal"
    cost, share = at.fact(f"decision.{point}.cost"), number_of(at.fact(f"decision.{point}.acted"))
    every, nobody, own = (number_of(at.fact(f"decision.{id}.cost")) for id in ("everybody", "nobody", point))
    chance = None
    if share is not None and every is not None and nobody is not None:
        chance = share * every + (1.0 - share) * nobody
    known = chance is not None and own is not None
    return derived(
        QUANTITY("business.worth_of_choosing"),
        (chance or 0.0) - (own or 0.0) if known else None,
        low=(chance or 0.0) - cost.high if known and cost.high is not None else None,
        high=(chance or 0.0) - cost.low if known and cost.low is not None else None,
        range=cost.range,
        n=cost.n,
        source=f"{cost.id}, decision.everybody.cost, decision.nobody.cost",
        reason=cost.reason or lacking("no costs of outcomes are declared", "decision.costs"),
    )


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
    whole, before = production(at.shelf, "mae"), validation(at.shelf, "mae")
    windows = at.shelf.get(Recent)  # `check` does without them
    turned = None if windows is None else windows.measures.get(Measure(metric="mae"))
    recent = missing("performance.mae.recent", NOWHERE) if turned is None else turned.recent
    loss = _loss("business.loss_per_month", "Loss from errors a month", whole, rows, price)
    then = _loss("business.loss_at_validation_per_month", "Loss a month at validation level", before, rows, price)
    lately = _loss(
        "business.loss_recent_per_month", "Loss a month at the level of the recent days", recent, rows, price
    )
    if turned is None or not turned.matters:
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
    per_day = daily_rows(at)
    return derived(
        QUANTITY("business.rows_per_month"),
        None if per_day.number is None else per_day.number * DAYS_A_MONTH,
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


def _rests_on(project: Project, at: Known) -> tuple[Fact, Fact]:
    """Return the cases a day that the value counts on, and whether that is more than are acted on today."""
    path = "business.acted_per_day"
    counted = declared(project, path, project.settings.business.acted_per_day, path, unit="per day", label=COUNTED)
    need, done = number_of(counted), number_of(at.fact("decision.acted_per_day"))
    return counted, flag(
        "business.acts_on_more",
        None if need is None or done is None else need > done,
        label="The value counts on more cases than are acted on today",
        method="cases a day that the value counts on against those from the threshold of today",
        source=f"{path}, decision.acted_per_day",
        reason="one of the two is not known",
    )


def _beyond_capacity(project: Project) -> Iterator[Finding]:
    """Yield that the value counts on more cases a day than can be acted on."""
    counted, capacity = project.settings.business.acted_per_day, project.settings.decision.capacity_per_day
    if counted is None or capacity is None or counted <= capacity:
        return
    need, most = (
        declared(project, path, value, path, unit="per day", label=label)
        for path, value, label in (
            ("business.acted_per_day", counted, COUNTED),
            ("decision.capacity_per_day", capacity, "Cases a day that can be acted on"),
        )
    )
    words = ("The value counts on ", need, " cases acted on a day, and capacity is declared as ", most, ".")
    claim = Claim(what="cases", relation="above", value=need, baseline=most)
    yield finding("business.beyond_capacity", "claim", "confirmed", "cases acted on", words, claim)


def _product(inputs: tuple[CaseInput, ...]) -> Fact:
    """The benefit of a month as effect times volume times value; its range is that of the effect."""
    others = math.prod(one.judged.value for one in inputs if one.key != "effect")
    from_effect = next(one for one in inputs if one.key == "effect")
    effect, measured = from_effect.judged, from_effect.fact.range
    return derived(
        QUANTITY("business.value_per_month"),
        effect.value * others,
        method=" × ".join(one.label.lower() for one in inputs) + ", at full effect",
        source=", ".join(one.fact.id for one in inputs),
        low=None if effect.low is None else effect.low * others,
        high=None if effect.high is None else effect.high * others,
        range=DECLARED if measured == NO_RANGE else measured,
    )


DECISION = Decision(id="business", title="What errors cost and the system brings", run=run)
