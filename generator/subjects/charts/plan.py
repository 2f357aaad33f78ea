"""Designed limits beside the declared ones: what each costs and sees, which metrics earn an alert, one ladder."""

from dataclasses import replace

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing
from generator.records.project import Project
from generator.subjects.charts._choice import Choice, choice_facts, choice_table, choose
from generator.subjects.charts._plan import Planned, beside, plan, within_budget
from generator.subjects.charts._plan_facts import ToldChart, charts_table, designed_table, tell
from generator.subjects.charts._stakes import Stakes, basis, stakes_of
from generator.subjects.charts._watched import watched
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import known

ROUNDS = 6


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Design a chart for every metric with a daily series and hold it against what is declared."""
    at = known(evidence, earlier)
    stakes, budget = stakes_of(at, project), project.settings.alerts.budget_per_month
    planned = plan(watched(at, project), stakes, at, project)
    limited, choice = _settled(planned, stakes, budget)
    told = tuple(tell(one, stakes, at, project) for one in limited)
    main = next((one for one in told if one.plan.one.kind.key == "error"), None)
    bound = declared(project, "alerts.budget_per_month", budget, "alerts.budget_per_month", unit="per month")
    choices = replace(choice_table(choice, stakes), note=basis(stakes))
    return Decisions(
        facts=(
            *stakes.facts,
            *(fact for one in told for fact in one.facts.values()),
            *choice_facts(choice, bound),
            *_reading(main),
        ),
        tables=(
            designed_table(told),
            charts_table(told),
            choices,
        ),
    )


def _settled(planned: tuple[Planned, ...], stakes: Stakes, budget: float | None) -> tuple[tuple[Planned, ...], Choice]:
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


def _reading(main: ToldChart | None) -> tuple[Fact, ...]:
    """Return the difference between the declared and the designed limit of the headline metric, sign by sign."""
    ids = (
        "alerts.plan.saving",
        "alerts.plan.extra_cost",
        "alerts.plan.days_later",
        "alerts.plan.days_sooner",
        "alerts.plan.level",
        "alerts.plan.declared_false_alarms",
    )
    if main is None or main.plan.first is None or main.plan.seen is None:
        return tuple(missing(id, "no level is declared for the headline metric, or it has no chart") for id in ids)
    level, theirs = main.plan.first
    saving, alarms = main["saving"].number, main[f"{level.name}.false_alarms"]
    later = theirs.delays[0] - main.plan.seen.delays[0]
    why = main["saving"].reason
    return (
        derived(
            ids[0],
            saving if saving is not None and saving > 0 else None,
            unit="money",
            label="Money a year that the designed chart saves",
            method="cost of the declared rule less its own",
            source=main["saving"].id,
            reason=why or "the declared rule costs no more",
        ),
        derived(
            ids[1],
            -saving if saving is not None and saving <= 0 else None,
            unit="money",
            label="Money a year by which the declared rule is cheaper",
            method="the same the other way round",
            source=main["saving"].id,
            reason=why or "the designed chart is cheaper",
        ),
        derived(
            ids[2],
            later if later > 0 else None,
            unit="days",
            label="Days by which the declared rule is later",
            method="difference of the delays",
            reason="the declared rule is no later",
        ),
        derived(
            ids[3],
            -later if later <= 0 else None,
            unit="days",
            label="Days by which the declared rule is sooner",
            method="difference of the delays",
            reason="the declared rule is later",
        ),
        derived(ids[4], level.name, label="Lowest declared level of the headline metric", method="as declared"),
        derived(
            ids[5],
            alarms.number,
            unit="per month",
            label="False alarms a month of the declared level",
            method=alarms.method,
            simulated=True,
        ),
    )


DECISION = Decision(id="plan", title="Alert plan", run=run)
