"""Designed limits beside the declared ones: what each costs and sees, which metrics earn an alert, one ladder."""

from dataclasses import replace

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.project import Project
from generator.subjects.charts._choice import Choice, choice_facts, choice_table, choose
from generator.subjects.charts._plan import Planned, beside, plan, within_budget
from generator.subjects.charts._plan_facts import charts_table, designed_table, tell
from generator.subjects.charts._stakes import PlanStakes, basis, stakes_of
from generator.subjects.charts._watched import watched
from generator.subjects.kit.facts import declared
from generator.subjects.kit.known import known

ROUNDS = 6


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Design a chart for every metric with a daily series and hold it against what is declared."""
    at = known(evidence, earlier)
    stakes, budget = stakes_of(at, project), project.settings.alerts.budget_per_month
    planned = plan(watched(at, project), stakes, at, project)
    limited, choice = _settled(planned, stakes, budget)
    told = tuple(tell(one, stakes, at, project) for one in limited)
    bound = declared(project, "alerts.budget_per_month", budget, "alerts.budget_per_month", unit="per month")
    choices = replace(choice_table(choice, stakes), note=basis(stakes))
    return Decisions(
        facts=(
            *stakes.facts,
            *(fact for one in told for fact in one.facts.values()),
            *choice_facts(choice, bound),
        ),
        tables=(
            designed_table(told),
            charts_table(told),
            choices,
        ),
    )


def _settled(
    planned: tuple[Planned, ...], stakes: PlanStakes, budget: float | None
) -> tuple[tuple[Planned, ...], Choice]:
    """Return limits and choice that agree: a limit depends on what else alerts, and the choice on the limits."""
    choice, tried = choose(planned, stakes), planned
    for _ in range(0 if choice.reason else ROUNDS):
        before = choice.alerting
        tried = beside(tried, before, stakes)
        choice = choose(tried, stakes)
        if choice.alerting == before:
            break
    kept = tuple(
        among if among.one.id in choice.alerting else alone for among, alone in zip(tried, planned, strict=True)
    )
    limited = within_budget(kept, choice.alerting, budget)
    return limited, choose(limited, stakes)


DECISION = Decision(id="plan", title="Alert plan", run=run)
