"""Takes levels, services and losses, gives one severity ladder for the model and the infrastructure it runs on."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.fact import Fact, Sentence
from generator.records.project import Level, Project, Service
from generator.records.table import Cell, Table
from generator.stats.slo import burn_alerts, day_burns
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.healthy import rows_a_day
from generator.subjects.limits.series import from_facts, points_in, step_days

PERIOD = 30
BURNS = dict(zip(("P1", "P2", "P3"), day_burns(PERIOD), strict=True))
"""How many times as fast as allowed a day spends the loss budget: of errors, which are known by the day."""
HOURLY = dict(zip(("P1", "P2", "P3"), (alert.burn for alert in burn_alerts(PERIOD)), strict=True))
"""The same of services, which are known by the hour."""
WINDOWS = {"P1": "an hour", "P2": "six hours", "P3": "three days"}
MODEL = {
    "P1": "no predictions, broken schema or contract; or the loss ",
    "P2": "a rollback condition or the limit of a critical segment is crossed; or the loss ",
    "P3": "a chart has signalled; or the loss ",
    "P4": "watch: a change without effect on the error, or one that is not confirmed",
}
USUAL = {
    "P1": "at once, by rollback or a degraded mode",
    "P2": "within the working day",
    "P3": "in business hours",
    "P4": "in the weekly review",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """The loss that thirty days may bring, and how fast it is being spent."""

    month: Fact
    burn: Fact
    used: Fact
    exhausted: Fact
    level: dict[str, Fact]
    """By severity the mean absolute error at which the budget burns that fast."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts of the budget."""
        return (self.month, self.burn, self.used, self.exhausted, *self.level.values())


def loss_budget(at: Known, project: Project) -> Budget:
    """Return the loss budget: declared, else what the acceptable level would bring."""
    price, rows, step = project.settings.business.loss_per_unit_error, rows_a_day(at), step_days(at)
    base = at.number("performance.mae.validation")
    month = _month(at, project, price, rows, base)
    allowed, unit = number_of(month), at.fact("performance.mae.validation").unit
    known = allowed and price and rows and base is not None
    losses = (
        [max(0.0, (value - base) * rows * step * price) for _, value in sorted(from_facts(at, "mae").items())]
        if known and base is not None and rows and price
        else []
    )
    recent, last = losses[-points_in(PERIOD, step) :], losses[-points_in(3, step) :]
    burn = sum(last) / (len(last) * step) / (allowed / PERIOD) if last and allowed else None
    reason = month.reason or "the error has no daily series"
    return Budget(
        month=month,
        burn=derived(
            "alerts.loss_budget.burn",
            burn,
            unit="",
            label="How fast the loss budget is spent now",
            method="loss a day above validation over the last three days, week or month / a thirtieth of the budget",
            source=month.id,
            reason=reason,
            n=len(last) or None,
        ),
        used=derived(
            "alerts.loss_budget.used",
            sum(recent) / allowed if recent and allowed else None,
            unit="share",
            label="Share of the loss budget spent in the supplied days",
            n=len(recent) or None,
            method="loss above validation, at most the last thirty days, against the budget",
            source=month.id,
            reason=reason,
        ),
        exhausted=derived(
            "alerts.loss_budget.lasts",
            PERIOD / burn if burn else None,
            unit="days",
            label="Days a fresh loss budget would last at this pace",
            method="thirty days / burn",
            source=month.id,
            reason=reason if burn is None else "nothing is spent",
        ),
        level={
            name: derived(
                f"alerts.severity.{name}.mae",
                base + factor * allowed / PERIOD / (rows * price)
                if known and base is not None and allowed and rows and price
                else None,
                unit=unit,
                label=f"Mean absolute error at which {name} begins",
                method="validation + burn × budget / thirty days / (rows a day × loss per unit of error)",
                source=month.id,
                reason=reason,
            )
            for name, factor in BURNS.items()
        },
    )


def _month(at: Known, project: Project, price: float | None, rows: float | None, base: float | None) -> Fact:
    id, label = "alerts.loss_budget.month", "Loss budget of thirty days"
    stated = project.settings.alerts.loss_budget_per_month
    if stated is not None:
        return declared(project, id, stated, "alerts.loss_budget_per_month", unit="money", label=label)
    bound, level = at.number("headline.acceptable"), at.number("headline.validation")
    value = None
    if price and rows and base is not None and bound and level and bound > level:
        value = base * (bound / level - 1) * rows * price * PERIOD
    return derived(
        id,
        value,
        unit="money",
        label=label,
        source="performance.mae.validation",
        method="what thirty days at the acceptable level would lose above validation",
        reason="neither alerts.loss_budget_per_month is declared, nor an acceptable level and a loss per unit of error",
    )


def severity_table(budget: Budget, project: Project) -> Table:
    """Return the ladder P1 to P4: what raises each for the model and for the services, and who answers when."""
    heads = columns(
        "level",
        "declared: Declared level",
        "*model: Quality of the model",
        "*services: Services",
        "respond: Answer within",
        "*who",
    )
    rows = (_row(name, budget, project) for name in ("P1", "P2", "P3", "P4"))
    return table("alerts.severity", "One ladder of severity", heads, rows, reason="no levels")


def _row(name: str, budget: Budget, project: Project) -> tuple[Cell, ...]:
    levels = project.settings.alerts.levels
    own = next((level for level in levels if level.severity == name), None)
    respond: Cell = USUAL[name]
    if own is not None and own.respond:
        respond = own.respond
    elif own is not None and own.respond_within_hours is not None:
        index = levels.index(own)
        respond = declared(
            project,
            f"alerts.severity.{name}.respond",
            own.respond_within_hours,
            f"alerts.levels.{index}.respond_within_hours",
            unit="hours",
        )
    return (name, own.name if own else "none", _model(name, budget), _services(name, project), respond, _who(own))


def _who(own: Level | None) -> str:
    return (own.team if own else None) or "not declared"


def _model(name: str, budget: Budget) -> Sentence:
    if name not in BURNS:
        return (MODEL[name],)
    if number_of(budget.month) is None:
        return (MODEL[name].partition("; or")[0],)
    return (MODEL[name], *_burn(name), ", that is a mean absolute error above ", budget.level[name])


def _burn(name: str) -> Sentence:
    share = derived(
        f"alerts.severity.{name}.spent",
        BURNS[name] / PERIOD,
        unit="share",
        label=f"Share of the loss budget that a day spends when {name} begins",
        method="share of thirty days' budget; hourly burn rates do not fit a metric of days",
    )
    factor = derived(
        f"alerts.severity.{name}.burn",
        BURNS[name],
        unit="",
        label=f"Burn at which {name} begins",
        method="share of the budget a day × thirty days",
        source=share.id,
    )
    return ("of one day spends ", share, " of the budget (burn ", factor, ")")


def _services(name: str, project: Project) -> Sentence:
    shares = [one for one in project.settings.services if one.unit == "share" and one.operator in (">", ">=")]
    if name not in BURNS:
        return ("an objective is missed without anybody noticing",)
    words: list[str | Fact] = []
    for one in shares:
        words += [*("; " for _ in words[:1]), *_service(name, one)]
    return tuple(words) or ("no share-based objective is declared (services)",)


def _service(name: str, one: Service) -> Sentence:
    allowed = 1 - one.objective
    bad = min(1.0, HOURLY[name] * allowed)
    if HOURLY[name] * allowed > 1:
        return (f"{one.title}: cannot be reached, the objective is too loose",)
    share = derived(
        f"alerts.severity.{name}.{one.id}",
        bad,
        unit="share",
        label=f"Failing share, {one.title}, {name}",
        method="burn × (1 − objective)",
    )
    return (f"{one.title}: failures above ", share, f" over {WINDOWS[name]}")
