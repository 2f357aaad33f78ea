"""Takes what is declared of costs and risks, gives what an alert is worth: materiality, false alarms, failures."""

import math
from dataclasses import dataclass, replace

from generator.records.fact import SAMPLING, Fact, Sentence, missing, own_facts
from generator.records.project import Project
from generator.records.reason import Reason
from generator.results.words import quantities
from generator.stats.alarms import break_even_mae
from generator.stats.economics import incident_rate
from generator.stats.metric_choice import Failure
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import validation
from generator.subjects.limits.quantities import target_unit
from generator.subjects.limits.rules import level_named
from generator.subjects.performance.found import Performance
from generator.subjects.retraining import run_cost, run_parts

QUANTITY = quantities(__file__)

DAYS_A_YEAR = 365
PERSISTS, UNWATCHED = 30, 30
"""Days a problem goes on, and goes unseen, where the project file tells neither."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStakes:
    """Money and time behind the alert plan; what is not declared is a fact that says so."""

    false_alarm: Fact
    incidents: Fact
    """Real degradations a year that the error shows."""
    action: Fact
    persists: Fact
    mae: Fact
    """Mean absolute error from which acting pays."""
    error: Fact
    """The same as a value of the headline metric."""
    loss_per_day: Fact
    """Money a day that the error loses above validation when it stands there."""
    response: Fact
    upkeep: Fact
    failures: tuple[tuple[str, str, Failure], ...]
    """Kind and title of every priced risk, with what it costs unwatched."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts in the order in which they follow from each other."""
        return own_facts(self)


def stakes_of(at: Known, project: Project) -> PlanStakes:
    """Return the stakes of the alert plan."""
    action, persists = run_cost(run_parts(project)), _persists(project)
    mae = _break_even(at, project, action, persists)
    action = replace(action, id="alerts.materiality.action", label="Cost of acting: a retraining")
    return PlanStakes(
        false_alarm=_false_alarm(project),
        incidents=_incidents(at, project),
        action=action,
        persists=persists,
        mae=mae,
        error=_as_headline(at, mae),
        loss_per_day=_loss_per_day(at, project, mae),
        response=_response(project),
        upkeep=_upkeep(project),
        failures=tuple(_failures(project)),
    )


def _false_alarm(project: Project) -> Fact:
    id, label = "alerts.cost.false_alarm", "Cost of looking at a false alarm"
    alerts, rate = project.settings.alerts, project.settings.retraining.run.hourly_rate
    if alerts.false_alarm_cost is not None:
        return declared(project, id, alerts.false_alarm_cost, "alerts.false_alarm_cost", unit="money", label=label)
    hours = alerts.false_alarm_hours
    return derived(
        id,
        None if hours is None or rate is None else hours * rate,
        unit="money",
        label=label,
        method="hours × hourly rate",
        source="declared.alerts.false_alarm_hours, declared.retraining.run.hourly_rate",
        reason=Reason(
            "neither alerts.false_alarm_cost is declared, nor alerts.false_alarm_hours with retraining.run.hourly_rate",
            ("alerts.false_alarm_cost",),
        ),
    )


def _incidents(at: Known, project: Project) -> Fact:
    id, label = "alerts.rate.incidents", "Real degradations a year"
    value = project.settings.alerts.incidents_per_year
    if value is not None:
        return declared(project, id, value, "alerts.incidents_per_year", unit="per year", label=label)
    days = at.number("data.production.days") or 0.0
    rate = incident_rate(0, days)
    return derived(
        id,
        rate.estimate * DAYS_A_YEAR,
        unit="per year",
        label=label,
        low=rate.low * DAYS_A_YEAR,
        high=rate.high * DAYS_A_YEAR,
        range=SAMPLING,
        n=int(days) or None,
        method="no incident is declared for the supplied days; none seen is not none to come (Jeffreys)",
        reason="the number of supplied days is not known",
    )


def _persists(project: Project) -> Fact:
    options, chosen = project.settings.retraining.options, project.settings.retraining.chosen
    days = next((option.every_days for option in options if option.id == chosen and option.every_days), None)
    return derived(
        QUANTITY("alerts.materiality.days"),
        days or PERSISTS,
        method="until the next scheduled retraining" if days else "default: no retraining rhythm is declared",
    )


def _break_even(at: Known, project: Project, action: Fact, persists: Fact) -> Fact:
    price, rows = project.settings.business.loss_per_unit_error, at.number("data.production.per_day")
    base, cost, days = validation(at.shelf, "mae").number, action.number, persists.number
    value = None
    if price and rows and base is not None and cost is not None and days:
        value = break_even_mae(base, cost, rows, price, days)
    return derived(
        QUANTITY("alerts.materiality.mae"),
        value,
        unit=target_unit(project),
        source=f"performance.mae.validation, {action.id}, declared.business.loss_per_unit_error",
        reason=Reason(
            "it needs business.loss_per_unit_error, the cost of a retraining, a validation MAE and rows a day",
            ("business.loss_per_unit_error",),
        ),
    )


def _as_headline(at: Known, mae: Fact) -> Fact:
    found = at.shelf[Performance]
    main, level = found.name, found.head.validation.number
    base, value = validation(at.shelf, "mae").number, mae.number
    known = main.metric == "rmse" and level is not None and base and value is not None
    return derived(
        QUANTITY("alerts.materiality.headline", short=main.short),
        level * value / base if known and level and base and value else None,
        unit=mae.unit,
        source=mae.id,
        reason=mae.reason or "the loss is declared for an error in units of the target",
    )


def _loss_per_day(at: Known, project: Project, mae: Fact) -> Fact:
    price, rows = project.settings.business.loss_per_unit_error, at.number("data.production.per_day")
    base, value = validation(at.shelf, "mae").number, mae.number
    loss = None if value is None or base is None or not price or not rows else (value - base) * rows * price
    return derived(QUANTITY("alerts.materiality.loss_per_day"), loss, source=mae.id, reason=mae.reason)


def _response(project: Project) -> Fact:
    level = level_named(project, "yellow") or level_named(project, "red")
    hours = level.respond_within_hours if level else None
    return derived(
        QUANTITY("alerts.cost.response"),
        0.0 if hours is None else hours / 24,
        method="as declared for the level" if hours is not None else "default: no response time is declared",
    )


def _upkeep(project: Project) -> Fact:
    value = project.settings.alerts.upkeep_per_year
    if value is None:
        return missing(
            "alerts.cost.upkeep",
            Reason("not declared (alerts.upkeep_per_year); taken as nothing", ("alerts.upkeep_per_year",)),
            unit="money",
            label="Upkeep of an alerting metric a year",
        )
    return declared(
        project,
        "alerts.cost.upkeep",
        value,
        "alerts.upkeep_per_year",
        unit="money",
        label="Upkeep of an alerting metric a year",
    )


def _failures(project: Project) -> list[tuple[str, str, Failure]]:
    past = [one.days_to_detection for one in project.settings.context.incidents if one.days_to_detection]
    found: list[tuple[str, str, Failure]] = []
    for risk in project.settings.risks:
        unwatched = risk.found_after_days or max(past, default=UNWATCHED)
        per_day = risk.loss_per_day
        if per_day is None and risk.loss_per_incident is not None:
            per_day = risk.loss_per_incident / unwatched
        if per_day is not None and risk.incidents_per_year is not None and unwatched:
            found.append(
                (
                    risk.kind,
                    risk.title,
                    Failure(
                        per_year=risk.incidents_per_year,
                        loss_per_day=per_day,
                        unwatched_days=float(unwatched),
                    ),
                )
            )
    return found


def basis(stakes: PlanStakes) -> Sentence:
    """Return in words what the failures' losses stand on."""
    if not stakes.failures:
        return ("No risk is priced (risks: incidents_per_year, loss_per_incident).",)
    longest = derived(QUANTITY("alerts.choice.unwatched"), max(one.unwatched_days for _, _, one in stakes.failures))
    return (
        "Without any alert a failure is taken to last ",
        longest,
        " at most; where only the loss of an incident is declared, it is spread over these days.",
    )


def finite(value: float) -> float | None:
    """Return `value` unless it is not a finite number."""
    return value if math.isfinite(value) else None
