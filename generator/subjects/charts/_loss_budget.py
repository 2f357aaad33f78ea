"""Takes losses and what is declared, gives the budget of loss that thirty days may bring, and its pace."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.reason import Reason
from generator.results.words import quantities
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.healthy import rows_a_day
from generator.subjects.limits.measured import validation
from generator.subjects.limits.series import from_facts, points_in, step_days
from generator.subjects.performance.found import Performance

QUANTITY = quantities(__file__)

PERIOD = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """The loss that thirty days may bring, and how fast it is being spent."""

    month: Fact
    burn: Fact
    used: Fact
    exhausted: Fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts of the budget."""
        return (self.month, self.burn, self.used, self.exhausted)


def loss_budget(at: Known, project: Project) -> Budget:
    """Return the loss budget: declared, else what the acceptable level would bring."""
    price, rows, step = project.settings.business.loss_per_unit_error, rows_a_day(at), step_days(at)
    base = validation(at.shelf, "mae").number
    month = _month(at, project, price, rows, base)
    allowed = month.number
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
            QUANTITY("alerts.loss_budget.burn"), burn, unit="", source=month.id, reason=reason, n=len(last) or None
        ),
        used=derived(
            QUANTITY("alerts.loss_budget.used"),
            sum(recent) / allowed if recent and allowed else None,
            n=len(recent) or None,
            source=month.id,
            reason=reason,
        ),
        exhausted=derived(
            QUANTITY("alerts.loss_budget.lasts"),
            PERIOD / burn if burn else None,
            source=month.id,
            reason=reason if burn is None else "nothing is spent",
        ),
    )


def _month(at: Known, project: Project, price: float | None, rows: float | None, base: float | None) -> Fact:
    id, label = "alerts.loss_budget.month", "Loss budget of thirty days"
    stated = project.settings.alerts.loss_budget_per_month
    if stated is not None:
        return declared(project, id, stated, "alerts.loss_budget_per_month", unit="money", label=label)
    found = at.shelf[Performance]
    bound, level = found.levels.acceptable.number, found.head.validation.number
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
        reason=Reason(
            "neither alerts.loss_budget_per_month is declared, nor an acceptable level and a loss per unit of error",
            ("alerts.loss_budget_per_month",),
        ),
    )
