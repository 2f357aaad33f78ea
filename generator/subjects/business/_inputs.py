"""Takes what is declared of benefit and cost, gives the inputs of the case, each with its range and fact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np

from generator.records.fact import Fact, segment_of
from generator.records.project import Cost, Project, RangedAmount
from generator.records.reason import Reason
from generator.results.words import quantities
from generator.stats import business
from generator.stats.arrays import FloatArray
from generator.stats.business import Judged
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, number_of

QUANTITY = quantities(__file__)

Role = Literal["benefit", "once", "per_year"]
Number = TypeVar("Number", float, FloatArray)
DRIVERS = {
    "effect": ("Effect per unit of volume", ""),
    "volume_per_month": ("Volume a month", ""),
    "value_per_unit": ("Value of a unit", "money"),
    "contribution_margin": ("Contribution margin", "share"),
    "attributable": ("Share that is the system's own", "share"),
}
NEEDED = ("effect", "volume_per_month", "value_per_unit")
NO_BENEFIT = Reason(
    "neither business.value_per_month nor all of effect, volume_per_month and value_per_unit are declared",
    ("business.value_per_month",),
)
LOSSES = (
    ("ageing", "retraining.recommended.staleness_per_year", "Loss by ageing, a year"),
    ("incidents", "risks.expected_loss_per_year", "Expected losses by incidents, a year"),
)
FIRST_YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseInput:
    """A number the case rests on: what it is, its range, and the fact that holds it."""

    key: str
    label: str
    role: Role
    judged: Judged
    fact: Fact
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Horizon:
    """Months looked at and interest a year, with the months of full benefit and of cost at their value today."""

    months: int
    rate: float
    ramp: float
    benefit_months: float
    cost_months: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Flows:
    """Benefit and cost at their value today, and their difference."""

    benefit: float | FloatArray
    cost: float | FloatArray

    @property
    def net(self) -> float | FloatArray:
        """Return the net present value."""
        return self.benefit - self.cost


def horizon(project: Project) -> Horizon:
    """Return the declared horizon; twelve months without interest and without ramp where nothing is declared."""
    said = project.settings.business
    months, rate, ramp = said.horizon_months or FIRST_YEAR, said.discount_rate or 0.0, said.ramp_months or 0.0
    return Horizon(
        months=months,
        rate=rate,
        ramp=ramp,
        benefit_months=business.present_months(business.ramp(months, ramp), rate),
        cost_months=business.present_months(np.ones(months), rate),
    )


def benefit_inputs(project: Project, at: Known) -> tuple[CaseInput, ...]:
    """Return what the benefit of a month is the product of; one input where it is declared as a whole, else none."""
    said = project.settings.business
    drivers = tuple(_drivers(project, at))
    if {one.key for one in drivers} >= set(NEEDED):
        return drivers
    if said.value_per_month is None:
        return ()
    judged = Judged(value=said.value_per_month, low=said.value_low, high=said.value_high, shape="pert")
    fact = declared(
        project,
        "business.input.value_per_month",
        said.value_per_month,
        "business.value_per_month",
        unit="money",
        label="Value a month",
    )
    return (
        CaseInput(
            key="value_per_month",
            label="Value a month",
            role="benefit",
            judged=judged,
            fact=fact,
            why=said.why_value or "",
        ),
    )


def _drivers(project: Project, at: Known) -> Iterator[CaseInput]:
    said = project.settings.business
    for key, (label, unit) in DRIVERS.items():
        estimate: RangedAmount | None = getattr(said, key)
        if key == "effect" and said.effect_from is not None:
            measured = at.fact(said.effect_from)
            value = number_of(measured)
            if value is not None:
                judged = Judged(value=value, low=measured.low, high=measured.high, shape="normal")
                fact = derived(
                    QUANTITY("business.input.effect"),
                    value,
                    unit=measured.unit,
                    label=label,
                    low=measured.low,
                    high=measured.high,
                    range=measured.range,
                    n=measured.n,
                    source=measured.id,
                )
                yield CaseInput(key=key, label=label, role="benefit", judged=judged, fact=fact, why=measured.label)
                continue
        if estimate is not None:
            fact = declared(
                project, f"business.input.{key}", estimate.value, f"business.{key}.value", unit=unit, label=label
            )
            yield CaseInput(
                key=key, label=label, role="benefit", judged=judged_of(estimate), fact=fact, why=estimate.why or ""
            )


def judged_of(estimate: RangedAmount) -> Judged:
    """Return a declared estimate as the statistics take it."""
    return Judged(value=estimate.value, low=estimate.low, high=estimate.high, shape=estimate.shape)


def cost_inputs(project: Project, at: Known) -> tuple[CaseInput, ...]:
    """Return every cost, once or a year."""
    said = project.settings.business
    plain: tuple[tuple[str, str, Role], ...] = (
        ("implementation_cost", "Implementation, once", "once"),
        ("running_cost_per_year", "Running cost a year", "per_year"),
    )
    found = []
    for key, label, role in plain:
        value = getattr(said, key)
        if value is not None:
            fact = declared(project, f"business.input.{key}", value, f"business.{key}", unit="money", label=label)
            found.append(CaseInput(key=key, label=label, role=role, judged=Judged(value=value), fact=fact, why=""))
    for index, cost in enumerate(said.costs):
        found.extend(_cost(cost, index, project, at))
    return (*found, *_lost(at)) if found else ()


def ageing_left_out(at: Known) -> Fact:
    """Return what ageing may cost a year where it is not proven, so that no sum of the business case holds it."""
    fact = at.fact(LOSSES[0][1])
    nothing = derived(fact.id, None, unit="money", reason="ageing is proven, or none")
    return replace(
        nothing if _ages(at) or not fact.number else fact,
        id="business.ageing_left_out",
        label="What ageing may cost a year, in no sum of the business case",
        source=fact.id,
    )


def _ages(at: Known) -> bool:
    return at.fact("retraining.ageing.visible").value is True


def _lost(at: Known) -> Iterator[CaseInput]:
    """What is lost each year beside the costs: by incidents, and by ageing where that is proven."""
    for key, id, label in LOSSES:
        fact = at.fact(id)
        if (key != "ageing" or _ages(at)) and (value := number_of(fact)) is not None:
            judged = Judged(value=value, low=fact.low, high=fact.high, shape="pert")
            own = replace(fact, id=f"business.input.{key}", label=label, source=fact.id)
            yield CaseInput(key=key, label=label, role="per_year", judged=judged, fact=own, why=fact.method)


def _cost(cost: Cost, index: int, project: Project, at: Known) -> Iterator[CaseInput]:
    slug = segment_of(cost.name)
    amounts: tuple[tuple[Role, str, float | None], ...] = (
        ("once", "once", cost.once),
        ("per_year", "a year", cost.per_year),
    )
    for role, words, amount in amounts:
        if amount is not None:
            id = f"business.input.cost.{slug}.{role}"
            fact = declared(
                project, id, amount, f"business.costs.{index}.{role}", unit="money", label=f"{cost.name}, {words}"
            )
            yield _spread(cost, f"cost.{slug}.{role}", role, amount, fact)
    worked = _worked_out(cost, slug, at) if cost.per_year is None else None
    if worked is not None and (amount := number_of(worked)) is not None:
        counted = str(at.fact("retraining.recommended.counts").value or "") if cost.kind == "retraining" else ""
        yield _spread(cost, f"cost.{slug}.per_year", "per_year", amount, worked, counted)


def _spread(cost: Cost, key: str, role: Role, amount: float, fact: Fact, counted: str = "") -> CaseInput:
    judged = Judged(value=amount, low=cost.low, high=cost.high, shape="lognormal")
    return CaseInput(
        key=key, label=fact.label, role=role, judged=judged, fact=fact, why=cost.why or counted or cost.kind
    )


def _worked_out(cost: Cost, slug: str, at: Known) -> Fact | None:
    """The yearly cost of retraining and of false alarms follows from the plans made before."""
    id, label = f"business.input.cost.{slug}.per_year", f"{cost.name}, a year"
    if cost.kind == "retraining":
        plan = at.fact("retraining.recommended.cost_per_year")
        return derived(
            id,
            plan.value,
            unit="money",
            label=label,
            method="cost of the recommended option",
            source=plan.id,
            reason=plan.reason,
        )
    if cost.kind == "false alarms" and cost.each is not None:
        alarms = at.fact("alerts.total.false_alarms_per_month")
        count = number_of(alarms)
        return derived(
            id,
            None if count is None else count * FIRST_YEAR * cost.each,
            unit="money",
            label=label,
            method="expected false alarms a month × 12 × cost of one",
            source=alarms.id,
            reason=alarms.reason,
        )
    return None


def monthly(values: Mapping[str, Number], inputs: tuple[CaseInput, ...]) -> Number:
    """Return the benefit of a month at full effect: the product of its inputs."""
    parts = [values[one.key] for one in inputs if one.role == "benefit"]
    result = parts[0]
    for part in parts[1:]:
        result = result * part
    return result


def flows(values: Mapping[str, Number], inputs: tuple[CaseInput, ...], ahead: Horizon) -> Flows:
    """Return benefit and cost at their value today, for one value of every input or for many draws of it."""
    once = [values[one.key] for one in inputs if one.role == "once"]
    yearly = [values[one.key] for one in inputs if one.role == "per_year"]
    cost = sum(once) + sum(yearly) * (ahead.cost_months / business.MONTHS)
    return Flows(benefit=monthly(values, inputs) * ahead.benefit_months, cost=cost)
