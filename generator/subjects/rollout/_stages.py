"""Takes the declared stages and the evidence, gives how long each has to last, and what it risks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.fact import Fact, segment_of
from generator.records.project import Project, Stage
from generator.records.reason import Reason, lacking
from generator.results.words import quantities
from generator.stats import sequential
from generator.stats.distributions import normal_quantile
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.series import daily_rows
from generator.subjects.performance.found import Performance
from generator.subjects.rollout._judges import Need, judges

QUANTITY = quantities(__file__)

ALL = "rollout"
"""What stands for a stage in ids of that which holds for all stages with the rows a day of the data."""

WEEK = 7
LEVEL = 0.95
LAST = 2
"""Stages at the end that have to see every day of a week."""
LIMITS_95 = 2 * normal_quantile(0.975)
ACCURACY = ("rmse", "mae", "bias", "brier", "log_loss", "auc")
NO_MARGIN = Reason(
    "no margin declared (rollout.margin), and no rollback condition compares with the previous version",
    ("rollout.margin",),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StagePlan:
    """What holds for every stage: the margin, the spread of the comparison, rows a day, and what a bad row costs."""

    margin: Fact
    rows: Fact
    per_day: Fact
    maturity: Fact
    bad_row: Fact
    detection: Fact
    budget: Fact

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all of them but the rows a day, which are an analysis' own."""
        return (self.margin, self.rows, self.maturity, self.bad_row, self.detection, self.budget)


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """A stage with what it needs and what it risks."""

    stage: Stage
    id: str
    traffic: Fact
    rows: Fact
    needed: Fact
    until: Fact
    declared: Fact
    planned: Fact
    exposure: Fact
    cap: Fact
    never: tuple[str, ...]
    """Ids of what it holds too few rows for, however long it lasts."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        own = (self.cap,) if self.stage.rows_per_day else ()
        said = (self.traffic, self.rows, self.needed, self.until, self.declared, self.planned, self.exposure)
        return (*said, *own)

    @property
    def short(self) -> bool:
        """Whether it is declared shorter than it has to be."""
        needed, said = number_of(self.needed), number_of(self.declared)
        return needed is not None and said is not None and said < needed


def plan_of(project: Project, at: Known) -> StagePlan:
    """Return what the stages have in common."""
    margin, maturity = _margin(project), _maturity(project, at)
    return StagePlan(
        margin=margin,
        rows=_rows(margin, at),
        per_day=daily_rows(at),
        maturity=maturity,
        bad_row=_bad_row(project, at),
        detection=_detection(project, at, maturity),
        budget=declared(
            project,
            "rollout.exposure_budget",
            project.settings.rollout.exposure_budget,
            "rollout.exposure_budget",
            unit="money",
            label="Most that a stage may cost",
        ),
    )


def _margin(project: Project) -> Fact:
    label, said = "Margin to the previous version", project.settings.rollout.margin
    if said is not None:
        return declared(project, "rollout.margin_used", said, "rollout.margin", unit="share", label=label)
    for index, condition in enumerate(project.settings.rollback.conditions):
        if condition.relative_to == "previous" and condition.metric in ACCURACY and condition.threshold > 0:
            return declared(
                project,
                "rollout.margin_used",
                condition.threshold,
                f"rollback.conditions.{index}.threshold",
                unit="share",
                label=label,
            )
    return derived("rollout.margin_used", None, unit="share", label=label, reason=NO_MARGIN)


def spread(at: Known) -> float | None:
    """Return the standard error of the relative difference to the previous version, on the rows of this build."""
    gain = at.shelf[Performance].previous.gain
    return None if gain.low is None or gain.high is None else (gain.high - gain.low) / LIMITS_95


def _rows(margin: Fact, at: Known) -> Fact:
    gain, error, limit = at.shelf[Performance].previous.gain, spread(at), number_of(margin)
    rows = None
    if error is not None and limit and gain.n:
        rows = sequential.rows_paired(error * math.sqrt(gain.n), limit)
    return derived(
        QUANTITY("rollout.rows_needed"),
        rows,
        source=f"{gain.id}, {margin.id}",
        reason=margin.reason or gain.reason or "the scatter of the comparison is not known",
    )


def _maturity(project: Project, at: Known) -> Fact:
    """Return the days until the truth is there: of the stages, else of every outcome as declared, else as they came."""
    own, whole = project.settings.rollout.maturity_days, project.settings.data.outcome_days
    path, said = ("rollout.maturity_days", own) if own is not None else ("data.outcome_days", whole)
    if said is not None:
        label = "Days until the truth is there"
        return declared(project, "rollout.maturity", said, path, unit="days", label=label)
    delay = at.fact("data.labels.delay.p90")
    return derived(QUANTITY("rollout.maturity"), delay.number or 0, source="" if delay.number is None else delay.id)


def _bad_row(project: Project, at: Known) -> Fact:
    label, said = "Cost of one bad prediction", project.settings.rollout.loss_per_bad_row
    if said is not None:
        return declared(project, "rollout.bad_row", said, "rollout.loss_per_bad_row", unit="money", label=label)
    price, large = project.settings.business.loss_per_unit_error, at.fact("errors.p95")
    value = number_of(large)
    return derived(
        QUANTITY("rollout.bad_row"),
        None if price is None or value is None else price * value,
        label=label,
        source=f"{large.id}, business",
        reason=Reason(
            "neither rollout.loss_per_bad_row nor business.loss_per_unit_error is declared",
            ("rollout.loss_per_bad_row",),
        )
        if price is None
        else large.reason,
    )


def _detection(project: Project, at: Known, maturity: Fact) -> Fact:
    """Return the days until a condition on the error that goes back can be judged, or those declared where more."""
    label, said = "Days a bad version serves before it is taken back", project.settings.rollout.detection_days
    judged = judged_after(project, maturity)
    if judged is not None and (said is None or said < judged):
        way = "window of the quickest rollback condition on the error + days until its outcomes are known"
        basis = f"rollback.conditions, {maturity.id}"
        return derived("rollout.detection", judged, unit="days", label=label, method=way, source=basis)
    if said is not None:
        return declared(project, "rollout.detection", said, "rollout.detection_days", unit="days", label=label)
    delays = [
        at.fact(f"alerts.{segment_of(rule.id)}.red.delay")
        for rule in project.settings.alerts.rules
        if rule.metric in ACCURACY
    ]
    known = [(value, fact) for fact in delays if (value := number_of(fact)) is not None]
    value, source = min(known, key=lambda pair: pair[0], default=(None, None))
    return derived(
        QUANTITY("rollout.detection"),
        value,
        label=label,
        source=source.id if source else "",
        reason=lacking("no red alert on accuracy has a known delay", "rollout.detection_days"),
    )


def judged_after(project: Project, maturity: Fact) -> int | None:
    """Return the days until the quickest condition on the error that goes back has its window and its outcomes."""
    windows = [
        one.window_days
        for one in project.settings.rollback.conditions
        if one.action == "roll back" and one.metric in (*ACCURACY, "error_ratio_previous")
    ]
    return min(windows) + math.ceil(maturity.number or 0) if windows else None


def staged(project: Project, plan: StagePlan, at: Known) -> tuple[Staged, ...]:
    """Return every declared stage in order."""
    found, before = list[Staged](), 0
    for index, stage in enumerate(project.settings.rollout.stages):
        found.append(_stage(project, plan, index, stage, at, before))
        before += 0 if stage.launch_only else int(found[-1].planned.number or 0)
    return tuple(found)


def _stage(project: Project, plan: StagePlan, index: int, stage: Stage, at: Known, before: int) -> Staged:
    id, rows = f"rollout.{segment_of(stage.name)}", plan.rows
    own = own_rows(id, stage)
    daily, truth = own or plan.per_day, math.ceil(plan.maturity.number or 0)
    weekly = index >= len(project.settings.rollout.stages) - LAST
    needs = (*_needs(plan, daily, weekly=weekly), *judges(project, at, stage, daily.number, truth, before))
    needed, until = _needed(id, stage, plan, daily, needs)
    said = declared(
        project,
        f"{id}.days_declared",
        stage.days,
        f"rollout.stages.{index}.days",
        unit="days",
        label=f"{stage.name}, days declared",
    )
    lengths = (number_of(needed), number_of(said), truth + 1 if truth else None)
    days = max((value for value in lengths if value is not None), default=None)
    return Staged(
        stage=stage,
        id=id,
        needed=needed,
        until=until,
        never=tuple(one.why for one in needs if one.days is None),
        declared=said,
        exposure=_exposure(id, stage, plan, daily),
        cap=share_cap(plan, daily, id if own else ALL),
        traffic=declared(
            project,
            f"{id}.traffic",
            stage.traffic,
            f"rollout.stages.{index}.traffic",
            unit="share",
            label=f"{stage.name}, share of the traffic",
        ),
        rows=derived(
            QUANTITY("{id}.rows_needed", id=id, name=stage.name),
            rows.value,
            method=rows.method,
            source=rows.id,
            reason=rows.reason,
        ),
        planned=derived(
            QUANTITY("{id}.days_planned", id=id, name=stage.name),
            int(days) if days else None,
            source=f"{said.id}, {needed.id}",
        ),
    )


def _needs(plan: StagePlan, daily: Fact, *, weekly: bool) -> Iterator[Need]:
    """Yield the days of the comparison, for which both versions score every row whatever the traffic, and of a week."""
    rows, per_day = plan.rows.number, daily.number
    if rows is not None and per_day:
        days = math.ceil(rows / per_day - 1e-9) + math.ceil(plan.maturity.number or 0)
        yield Need(days=days, why="the two versions can be compared")
    if weekly:
        yield Need(days=WEEK, why="a whole week is seen")


def _needed(id: str, stage: Stage, plan: StagePlan, daily: Fact, needs: tuple[Need, ...]) -> tuple[Fact, Fact]:
    """Return the days that a stage has to last, and until what."""
    days, why = max(((one.days, one.why) for one in needs if one.days), default=(None, None), key=lambda one: one[0])
    reason = plan.rows.reason or daily.reason
    needed = derived(
        QUANTITY("{id}.days_needed", id=id, name=stage.name),
        days,
        source=f"{plan.rows.id}, {daily.id}, {plan.maturity.id}, rollback.conditions",
        reason=reason,
    )
    return needed, derived(QUANTITY("{id}.until", id=id, name=stage.name), why, source=needed.id, reason=reason)


def own_rows(id: str, stage: Stage) -> Fact | None:
    """Return the rows a day that a stage serves, where they are not those of the data."""
    said = stage.rows_per_day
    return None if said is None else derived(QUANTITY("{id}.rows_per_day", id=id, name=stage.name), said)


def _exposure(id: str, stage: Stage, plan: StagePlan, daily: Fact) -> Fact:
    facts = (daily, plan.bad_row, plan.detection)
    values = [number_of(fact) for fact in facts]
    known = [value for value in values if value is not None]
    value = stage.mean_traffic * math.prod(known) if stage.traffic is not None and len(known) == len(values) else None
    return derived(
        QUANTITY("{id}.exposure", id=id, name=stage.name),
        value,
        source=", ".join(fact.id for fact in facts),
        reason=next((fact.reason for fact in facts if fact.reason), lacking("no traffic declared", "rollout.stages")),
    )


def unguarded(project: Project, at: Known) -> Iterator[Fact]:
    """Yield the cost of a bad version that nobody can take back: as long as its stage, at last to the next version.

    How long the last one stays is told by the dates, where it has one; else as if no freeze were in the way.
    """
    found, stages = at.fact("rollout.detection"), project.settings.rollout.stages
    relief, whole = at.fact("rollout.relief"), at.fact("rollout.cycle")
    for one in stages:
        id = f"rollout.{segment_of(one.name)}"
        stays = at.fact(f"{id}.days_planned") if one is not stages[-1] else whole if relief.number is None else relief
        cost, days = at.fact(f"{id}.exposure"), stays.number
        known = cost.number is not None and days is not None and found.number
        yield derived(
            QUANTITY("{id}.exposure_unguarded", id=id, name=one.name),
            (cost.number or 0.0) * max(days or 0.0, found.number or 0.0) / (found.number or 1.0) if known else None,
            source=f"{cost.id}, {found.id}, {stays.id}",
            reason=cost.reason or stays.reason,
        )


def cap_id(stage: Stage) -> str:
    """Return the id of the largest share of the traffic that the budget bears in a stage."""
    return f"{ALL if stage.rows_per_day is None else f'{ALL}.{segment_of(stage.name)}'}.share_cap"


def share_cap(plan: StagePlan, daily: Fact, id: str = ALL) -> Fact:
    """Return the largest share of the traffic of so many rows a day whose exposure stays within the budget."""
    facts = (plan.budget, daily, plan.bad_row, plan.detection)
    budget, *rest = (number_of(fact) for fact in facts)
    known = [value for value in rest if value is not None]
    whole = math.prod(known) if len(known) == len(rest) else 0.0
    return derived(
        QUANTITY("{id}.share_cap", id=id),
        _rounded_down(min(1.0, budget / whole)) if budget is not None and whole else None,
        source=", ".join(fact.id for fact in facts),
        reason=next((fact.reason for fact in facts if fact.reason), "nothing is at stake"),
    )


def _rounded_down(share: float) -> float:
    """Return a share with the two digits it is printed with, never above itself: what is allowed must bear it."""
    step = 10.0 ** (math.floor(math.log10(share)) - 1) if share > 0.0 else 1.0
    return round(math.floor(share / step + 1e-9) * step, 12)


def over(exposure: Fact, budget: float | None) -> bool:
    """Return whether a bad version would cost more in a stage than is allowed."""
    return budget is not None and exposure.number is not None and exposure.number > budget


def beyond(stage: Stage, cap: float | None) -> bool:
    """Return whether a stage gets, at the end of its ramp, more of its traffic than the budget bears."""
    return cap is not None and (stage.traffic or 0.0) > cap


def cycle(project: Project, stages: tuple[Staged, ...]) -> Fact:
    """Return the fewest days from one run to the next: until the version of a run has all the traffic."""
    judged, days, lengths = project.settings.retraining.training.holdout_days or 0, 1, list[float | None]()
    routine = [one for one in stages if not one.stage.launch_only]
    for one in routine:
        days = max(days, judged) if one.stage.traffic else days
        lengths.append(number_of(one.planned))
        days += int(lengths[-1] or 1)
    known = bool(routine) and all(lengths[:-1])
    return derived(
        QUANTITY("rollout.cycle"),
        days - int(lengths[-1] or 1) + 1 if known else None,
        source=", ".join(one.planned.id for one in routine),
        reason=lacking("no stages declared", "rollout.stages")
        if not routine
        else "how long a stage lasts is not known",
    )
