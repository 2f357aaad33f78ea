"""Takes the declared rollout, gives the days, risk and dates of each stage, and how often its rules err."""

from __future__ import annotations

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import SAMPLING, Fact, segment_of
from generator.records.project import Condition, Project
from generator.records.table import Cell, Mark, Table
from generator.stats import sequential
from generator.stats.messages import Watch, chance_within
from generator.subjects.kit.facts import columns, derived, table
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.series import points_in, step_days
from generator.subjects.rollout._stages import Plan, Staged, plan_of, share_cap, spread, staged

NO_STAGES = "no stages declared (rollout.stages)"
NO_RULES = "no rollback condition compares with the previous version on a share of the traffic"
LEVEL = 0.95


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Size the stages, date them, and hold the rules that guard them against what they err."""
    at = known(evidence, earlier)
    plan = plan_of(project, at)
    stages = staged(project, plan)
    cap, (change, reading, rows) = share_cap(plan), _sequential(plan, at)
    return Decisions(
        facts=(*plan.facts, cap, change, reading, rows, *(fact for one in stages for fact in one.facts)),
        tables=(_stages(stages, plan), _rules(project, stages, rows, at)),
        findings=(*_short(stages), *_exposed(stages, plan, cap)),
    )


def _sequential(plan: Plan, at: Known) -> tuple[Fact, Fact, Fact]:
    """The comparison so far with limits that hold however often one looks."""
    gain, error, margin = at.fact("performance.gain.previous"), spread(at), number_of(plan.margin)
    value, reason = number_of(gain), gain.reason or plan.margin.reason or "the scatter of the comparison is not known"
    way = "always-valid confidence sequence (normal mixture), effect planned for is the margin"
    if value is None or not error or not margin:
        names = (("change", "change"), ("reading", ""), ("rows", "rows"))
        nothing = [derived(f"rollout.sequential.{name}", None, unit=unit, reason=reason) for name, unit in names]
        return nothing[0], nothing[1], nothing[2]
    found = sequential.confidence_sequence(value, error**2, margin**2, LEVEL)
    word = "go on" if found.high < margin else "roll back" if found.low > margin else "keep comparing"
    least = sequential.variance_to_decide(margin, margin**2, LEVEL)
    return (
        derived(
            "rollout.sequential.change",
            value,
            unit="change",
            label="Error against the previous version, so far",
            low=found.low,
            high=found.high,
            range=SAMPLING,
            n=gain.n,
            method=way,
            source=gain.id,
        ),
        derived(
            "rollout.sequential.reading",
            word,
            label="What that says",
            source=plan.margin.id,
            method="go on when the whole range lies below the margin, roll back when it lies above",
        ),
        derived(
            "rollout.sequential.rows",
            (gain.n or 0) * error**2 / least if gain.n else None,
            unit="rows",
            label="Rows until it decides, looking every day",
            method=f"{way}; width down to the margin",
            source=gain.id,
            reason="the rows of the comparison are not known",
        ),
    )


def _stages(stages: tuple[Staged, ...], plan: Plan) -> Table:
    heads = columns(
        "stage",
        "traffic",
        "declared: Days declared",
        "needed: Days needed",
        "planned: Days planned",
        "exposure: A bad version would cost",
        "start",
        "end",
        "status",
        "*note: What happens",
        "*gate",
    )
    return table(
        "rollout.stages", "Stages of the rollout", heads, (_row(one, plan) for one in stages), reason=NO_STAGES
    )


def _row(one: Staged, plan: Plan) -> tuple[Cell, ...]:
    exposure, budget = number_of(one.exposure), number_of(plan.budget)
    if one.short:
        mark = Mark(status="fail", word="too short")
    elif exposure is not None and budget is not None and exposure > budget:
        mark = Mark(status="fail", word="over the budget")
    elif number_of(one.needed) is None:
        mark = Mark(status="inconclusive", word="need not known")
    else:
        mark = Mark(status="pass", word="long enough")
    shown = (one.declared, one.needed, one.planned, one.exposure, one.start, one.end)
    return (
        one.stage.name,
        one.traffic,
        *(() if fact.value is None else fact for fact in shown),
        mark,
        one.stage.note or (),
        one.stage.gate or (),
    )


def _rules(project: Project, stages: tuple[Staged, ...], rows: Fact, at: Known) -> Table:
    heads = columns(
        "*rule",
        "daily: False alarm a window",
        "stage: False alarm in the stage",
        "paired: Same rows, looked at daily",
        "rows: Rows until that decides",
    )
    found = (
        _rule(one, stages, rows, at)
        for one in project.settings.rollback.conditions
        if one.relative_to == "previous" and one.traffic is not None
    )
    return table(
        "rollout.rules",
        "What a plain ratio errs, and what a paired comparison errs",
        heads,
        (row for row in found if row),
        reason=NO_RULES,
    )


def _rule(condition: Condition, stages: tuple[Staged, ...], rows: Fact, at: Known) -> tuple[Cell, ...]:
    """A condition with its chance a window and over the stage of its traffic; nothing where the chance is not known."""
    head = f"rollback.condition.{segment_of(condition.id)}"
    chance = at.fact(f"{head}.false_alarm")
    value = number_of(chance)
    if value is None:
        return ()
    stage = next((one for one in stages if one.stage.traffic == condition.traffic), None)
    days = number_of(stage.planned) if stage else None
    step, window = step_days(at), points_in(condition.window_days, step_days(at))
    windows = None if days is None else max(1, int(days // step) - window + 1)
    once = derived(
        f"{head}.false_alarm_in_stage",
        None if windows is None else max(value, chance_within(value, 0.0, Watch(window=window), windows)),
        unit="probability",
        label="False alarm in the stage",
        simulated=True,
        method="any window of the stage breaches; windows share the days in which they overlap",
        source=chance.id,
        reason="no stage has this share of the traffic",
    )
    bound = derived(
        "rollout.sequential.error",
        1 - LEVEL,
        unit="probability",
        label="False alarm of the paired rule",
        method="at most, over the whole rollout, by construction of the confidence sequence",
    )
    return (condition.title or condition.id, chance, once, ("at most ", bound, " in all"), rows)


def _short(stages: tuple[Staged, ...]) -> Iterator[Finding]:
    for one in stages:
        if one.short:
            yield Finding(
                id=f"{one.id}.short",
                kind="rollout",
                severity="confirmed",
                subject=f"rollout stage {one.stage.name}",
                words=(
                    f"The rollout stage “{one.stage.name}” is declared with ",
                    one.declared,
                    ", but has to last ",
                    one.needed,
                    " to settle what its gate asks.",
                ),
                evidence=(one.declared.id, one.needed.id, one.rows.id),
            )


def _exposed(stages: tuple[Staged, ...], plan: Plan, cap: Fact) -> Iterator[Finding]:
    budget = number_of(plan.budget)
    first = next((one for one in stages if one.stage.traffic), None)
    cost = number_of(first.exposure) if first else None
    if first is not None and budget is not None and cost is not None and cost > budget:
        yield Finding(
            id=f"{first.id}.exposed",
            kind="rollout",
            severity="confirmed",
            subject=f"rollout stage {first.stage.name}",
            words=(
                f"In its first stage with traffic, “{first.stage.name}”, a bad version would cost ",
                first.exposure,
                ", more than the ",
                plan.budget,
                " allowed; the budget bears ",
                cap,
                " of the traffic.",
            ),
            evidence=(first.exposure.id, plan.budget.id, cap.id),
        )


DECISION = Decision(id="rollout", title="How traffic moves to the new version", run=run)
