"""Takes the inputs of the business case, gives its worth, how sure that is, and what it turns on."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats import business, economics
from generator.stats.arrays import FloatArray
from generator.subjects.business._first_year import Line, first_year
from generator.subjects.business._inputs import (
    NO_BENEFIT,
    CaseInput,
    Flows,
    Horizon,
    ageing_left_out,
    benefit_inputs,
    cost_inputs,
    flows,
    horizon,
    monthly,
)
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import known, number_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

HEAD = "business"
NO_COST = lacking(
    "no cost declared", "business.implementation_cost", "business.running_cost_per_year", "business.costs"
)
NO_TARGET = lacking("not both a measured effect and its target declared", "business.effect", "business.effect_target")
NO_RANGE = "no input of the business case has a range"
NO_CHANCE = "the range of the benefit is declared and not measured, and no chance follows from it"
SIMPLE = f"{HEAD}.payback"
"""Payback without ramp-up and interest: one payback is told, the later one."""
TO_DRAW = "draws of every input from its range, by Latin hypercube, independent of one another, seeded by the project"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Work out what the system is worth over the horizon, and how sure that is."""
    at = known(evidence, earlier)
    benefit, cost, ahead = benefit_inputs(project, at), cost_inputs(project, at), horizon(project)
    reason = NO_BENEFIT if not benefit else NO_COST if not cost else ""
    inputs = () if reason else (*benefit, *cost)
    central = {one.key: one.judged.value for one in inputs}
    year = first_year(at.fact("business.value_per_month"), cost, ahead, NO_COST)
    worth = (*_worth(inputs, central, ahead, reason), *_drawn(inputs, ahead, project, reason))
    turned = tuple(_swing(one, inputs, ahead) for one in inputs)
    return Decisions(
        facts=(
            *_ahead(project, ahead),
            ageing_left_out(at),
            *(fact for fact, _ in year),
            *worth,
            _margin_needed(benefit, worth),
        ),
        tables=(
            _case(year, worth),
            _inputs(inputs, ahead, central, reason),
            _tornado(turned, worth, reason),
            _target(project, benefit, inputs, ahead),
        ),
        findings=tuple(_findings(project, benefit, worth)),
    )


def _ahead(project: Project, ahead: Horizon) -> tuple[Fact, ...]:
    said = project.settings.business
    months = declared(
        project, f"{HEAD}.horizon", ahead.months, f"{HEAD}.horizon_months", unit="months", label="Horizon"
    )
    rate = declared(
        project, f"{HEAD}.discount_rate", ahead.rate, f"{HEAD}.discount_rate", unit="share", label="Interest a year"
    )
    return (
        months if said.horizon_months else replace(months, origin="derived", method="not declared: the first year"),
        rate if said.discount_rate is not None else replace(rate, origin="derived", method="not declared: no interest"),
    )


def _worth(
    inputs: tuple[CaseInput, ...], central: Mapping[str, float], ahead: Horizon, reason: str
) -> tuple[Fact, ...]:
    """The case at the central value of every input."""
    at = flows(central, inputs, ahead) if inputs else Flows(benefit=math.nan, cost=math.nan)
    benefit, cost = float(at.benefit), float(at.cost)
    way = "sum of the months, each at its value today"
    return (
        derived(QUANTITY("business.benefit_present"), benefit, method=way, reason=reason),
        derived(QUANTITY("business.cost_present"), cost, method=way, reason=reason),
        derived(
            QUANTITY("business.npv"),
            benefit - cost,
            source=f"{HEAD}.benefit_present, {HEAD}.cost_present",
            reason=reason,
        ),
        derived(
            QUANTITY("business.benefit_cost_ratio"),
            benefit / cost if cost > 0 else None,
            source=f"{HEAD}.benefit_present, {HEAD}.cost_present",
            reason=reason or "the cost is zero",
        ),
        derived(
            QUANTITY("business.roi_horizon"),
            economics.return_on_investment(benefit, cost),
            source=f"{HEAD}.benefit_present, {HEAD}.cost_present",
            reason=reason or "the cost is zero",
        ),
        _payback(inputs, central, ahead, reason),
    )


def _margin_needed(benefit: tuple[CaseInput, ...], worth: tuple[Fact, ...]) -> Fact:
    """The share of the revenue that has to be left for the case to pay; only where revenue stands for benefit."""
    keys, values = {one.key for one in benefit}, {fact.id: number_of(fact) for fact in worth}
    revenue, cost = values[f"{HEAD}.benefit_present"], values[f"{HEAD}.cost_present"]
    gross = "effect" in keys and "contribution_margin" not in keys
    return derived(
        QUANTITY("business.margin_needed"),
        cost / revenue if gross and revenue and cost is not None else None,
        source=f"{HEAD}.cost_present, {HEAD}.benefit_present",
    )


def _payback(inputs: tuple[CaseInput, ...], central: Mapping[str, float], ahead: Horizon, reason: str) -> Fact:
    value: float | None = None
    if inputs:
        full = monthly(central, inputs)
        once, yearly = (sum(central[one.key] for one in inputs if one.role == role) for role in ("once", "per_year"))
        net = business.ramp(ahead.months, ahead.ramp) * full - yearly / business.MONTHS
        month = economics.payback_period([-once, *net], business.monthly_rate(ahead.rate))
        value = int(month) if math.isfinite(month) else None
    return derived(QUANTITY("business.payback_discounted"), value, reason=reason or "not paid back within the horizon")


def _drawn(inputs: tuple[CaseInput, ...], ahead: Horizon, project: Project, reason: str) -> Iterator[Fact]:
    """The case over draws of every input; nothing where no input has a range."""
    ranged = any(one.judged.low is not None and one.judged.high is not None for one in inputs)
    reason = reason or ("" if ranged else NO_RANGE)
    found = business.outcome(_draws(inputs, ahead, project)) if not reason else None
    chance = found if any(one.fact.range.kind == "sampling" for one in inputs if one.role == "benefit") else None
    names = {
        "p5": "in one case of twenty it is less",
        "p50": "as likely more as less",
        "p95": "in one case of twenty it is more",
    }
    for name, words in names.items():
        yield derived(
            QUANTITY("business.npv.{name}", name=name, words=words),
            getattr(found, name, None),
            n=business.DRAWS if found else None,
            method=TO_DRAW,
            reason=reason,
            simulated=True,
        )
    yield derived(
        QUANTITY("business.loss_probability"),
        chance.loss if chance else None,
        n=business.DRAWS if chance else None,
        reason=reason or NO_CHANCE,
        simulated=True,
    )
    yield derived(
        QUANTITY("business.evpi"),
        chance.perfect_information if chance else None,
        reason=reason or NO_CHANCE,
        n=business.DRAWS if chance else None,
        simulated=True,
    )


def _draws(inputs: tuple[CaseInput, ...], ahead: Horizon, project: Project) -> FloatArray:
    seed = int(project.sha256[:16] or "0", 16)
    drawn = business.draws({one.key: one.judged for one in inputs}, seed)
    return np.asarray(flows(drawn, inputs, ahead).net)


def _at(one: CaseInput, value: float, inputs: tuple[CaseInput, ...], ahead: Horizon) -> float:
    values = {other.key: other.judged.value for other in inputs} | {one.key: value}
    return float(flows(values, inputs, ahead).net)


def _break_even(one: CaseInput, inputs: tuple[CaseInput, ...], ahead: Horizon) -> Fact:
    value = business.break_even(lambda x: _at(one, x, inputs, ahead), one.judged.value)
    never = one.role != "benefit" and value < 0
    return derived(
        QUANTITY("business.break_even.{key}", key=one.key, label=one.label),
        None if never else value,
        unit=one.fact.unit,
        source=one.fact.id,
    )


Swing = tuple[CaseInput, Fact, Fact, Fact]


def _swing(one: CaseInput, inputs: tuple[CaseInput, ...], ahead: Horizon) -> Swing:
    """Worth with one input at its P10 and P90, the others at their centre."""
    low, high = (float(value) for value in business.quantiles(one.judged, [business.P10, business.P90]))
    worths = [_at(one, value, inputs, ahead) for value in (low, high)]
    head = f"{HEAD}.tornado.{one.key}"
    ends = tuple(
        derived(
            QUANTITY("{head}.{end}", head=head, end=end, share=share),
            worth,
            label=f"Net present value, {one.label.lower()} {end}",
            source=one.fact.id,
        )
        for end, worth, share in zip(("low", "high"), worths, ("P10", "P90"), strict=True)
    )
    swing = derived(
        QUANTITY("{head}.swing", head=head),
        abs(worths[1] - worths[0]),
        label=f"Swing by {one.label.lower()}",
        source=f"{head}.low, {head}.high",
    )
    return one, ends[0], ends[1], swing


def _case(year: tuple[Line, ...], worth: tuple[Fact, ...]) -> Table:
    told = (fact for fact in worth if not fact.id.startswith(f"{HEAD}.npv."))
    lines = (*year, *((fact, (fact.method,)) for fact in told))
    rows = tuple((fact.label, fact, formula) for fact, formula in lines if fact.value is not None and fact.id != SIMPLE)
    return TABLE("business.case", rows, reason=worth[0].reason)


def _inputs(inputs: tuple[CaseInput, ...], ahead: Horizon, central: Mapping[str, float], reason: str) -> Table:
    return TABLE("business.inputs", (_input(one, inputs, ahead) for one in inputs), reason=reason)


def _input(one: CaseInput, inputs: tuple[CaseInput, ...], ahead: Horizon) -> tuple[Cell, ...]:
    low, high = one.judged.low, one.judged.high
    ranged = low is not None and high is not None
    ends = tuple(
        derived(
            QUANTITY("business.input.{key}.{end}", key=one.key, end=end, label=one.label, shape=one.judged.shape),
            value,
            unit=one.fact.unit,
            source=one.fact.source,
        )
        for end, value in (("low", low), ("high", high))
    )
    shown: tuple[Cell, ...] = (*ends, one.judged.shape) if ranged else ((), (), "taken as sure")
    return (one.label, one.fact, *shown, _break_even(one, inputs, ahead), one.why)


def _tornado(turned: tuple[Swing, ...], worth: tuple[Fact, ...], reason: str) -> Table:
    ordered = sorted((item for item in turned if item[3].value), key=lambda item: -float(str(item[3].value)))
    centre = next(fact for fact in worth if fact.id == f"{HEAD}.npv")
    rows = tuple((one.label, low, centre, high, swing) for one, low, high, swing in ordered)
    return TABLE("business.tornado", rows, reason=reason or NO_RANGE)


def _target(project: Project, benefit: tuple[CaseInput, ...], inputs: tuple[CaseInput, ...], ahead: Horizon) -> Table:
    """The effect aimed at beside the one measured, and what each brings."""
    said = project.settings.business
    effect = next((one for one in benefit if one.key == "effect"), None)
    rows: list[tuple[Cell, ...]] = []
    if effect is not None and said.effect_target is not None:
        aimed = declared(
            project,
            f"{HEAD}.target.effect",
            said.effect_target,
            f"{HEAD}.effect_target",
            unit=effect.fact.unit,
            label="Effect aimed at",
        )
        measured = replace(effect.fact, id=f"{HEAD}.measured.effect", label="Effect measured")
        rows = [
            _basis("target", "Target", aimed, said.effect_target, effect, benefit, inputs, ahead),
            _basis("measured", "Measured", measured, effect.judged.value, effect, benefit, inputs, ahead),
        ]
    return TABLE("business.target", rows, reason=NO_TARGET)


def _basis(
    key: str,
    title: str,
    shown: Fact,
    value: float,
    effect: CaseInput,
    benefit: tuple[CaseInput, ...],
    inputs: tuple[CaseInput, ...],
    ahead: Horizon,
) -> tuple[Cell, ...]:
    values = {one.key: one.judged.value for one in benefit} | {"effect": value}
    yearly = derived(
        QUANTITY("business.{key}.benefit_per_year", key=key),
        monthly(values, benefit) * business.MONTHS,
        label=f"Benefit a year, {title.lower()}",
        source=shown.id,
    )
    worth = derived(
        QUANTITY("business.{key}.npv", key=key),
        _at(effect, value, inputs, ahead) if inputs else None,
        label=f"Net present value, {title.lower()}",
        source=shown.id,
        reason=NO_COST,
    )
    return (title, shown, yearly, worth)


def _findings(project: Project, benefit: tuple[CaseInput, ...], worth: tuple[Fact, ...]) -> Iterator[Finding]:
    keys = {one.key for one in benefit}
    lacking = [
        words
        for key, words in (
            ("contribution_margin", "contribution margin"),
            ("attributable", "share that is the system's own"),
        )
        if key not in keys
    ]
    if "effect" in keys and lacking:
        words: Sentence = (f"The business case declares no {' and no '.join(lacking)}: gross revenue is its benefit.",)
        yield finding(
            "business.gross",
            "business",
            "confirmed",
            "business case",
            words,
            Claim(what="margin", relation="fails", value=None),
            *(one.fact for one in benefit),
        )
    middle = next(fact for fact in worth if fact.id == f"{HEAD}.npv.p50")
    if isinstance(middle.value, float) and middle.value < 0:
        yield finding(
            "business.loss",
            "business",
            "confirmed",
            "business case",
            (
                "In the middle of the draws from its ranges the business case loses money: it is worth ",
                middle,
                ".",
            ),
            Claim(what="npv", relation="below", value=middle),
        )


DECISION = Decision(id="business_case", title="What the system is worth, and how sure that is", run=run)
