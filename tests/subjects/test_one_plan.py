"""Random projects: their dates keep what binds them, their sums, permissions and alerts say one thing everywhere."""

import datetime
import math
import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.public_holidays import public_holidays
from generator.records.results import Header, Results, collect
from generator.records.table import Cell
from generator.records.timeline import Dated, Timeline
from generator.subjects.acting import actions
from generator.subjects.alerts import alerts
from generator.subjects.business import business, business_case
from generator.subjects.calendar import calendar, timeline
from generator.subjects.kit.known import number_of
from generator.subjects.retraining import retraining
from generator.subjects.risks import risks
from generator.subjects.rollback import rollback, runbook
from generator.subjects.rollout import rollout, sizes
from generator.subjects.verdict import brief, conditions, gates
from tests.subjects import case
from tests.subjects.invented import TODAY, projects

DATES = tuple(one.DECISION for one in (business, sizes, retraining, timeline))
EVERY = (
    *(one.DECISION for one in (business, alerts, sizes, retraining, timeline, rollback, rollout, runbook)),
    *(one.DECISION for one in (risks, business_case, gates, actions, conditions, calendar, brief)),
)
HEADER = Header(
    project="random",
    title="",
    model="m",
    version="2",
    as_of=TODAY,
    currency="USD",
    simulated=False,
    classification="",
    inputs=(),
    digest="",
    tool="",
)


def free(one: Dated, project: p.Project) -> bool:
    """Whether an activity is on a day on which it can happen."""
    plan = project.settings.calendar
    public = public_holidays(plan.country, None, one.start.year) if plan.country else {}
    frozen = one.kind in ("run", "stage", "drill") and any(f.start <= one.start <= f.end for f in plan.freezes)
    return one.start.weekday() < 5 and one.start not in (*plan.holidays, *public) and not frozen


def rollouts_of(dates: Timeline) -> dict[str, list[Dated]]:
    """Return the stages of the launch and of each run, in order."""
    found: dict[str, list[Dated]] = {}
    for one in dates.kind("stage"):
        found.setdefault(one.id.partition(".")[0] + one.id.split(".")[1] * one.id.startswith("run."), []).append(one)
    return found


def broken_without_a_word(dates: Timeline, project: p.Project, told: set[str], at: Decisions) -> list[str]:
    """Return what the dates do not keep and no finding tells, worked out from the project alone."""
    plan, runs, found = project.settings, dates.kind("run"), list[str]()
    interval = case.value(at, "retraining.recommended.interval")
    for before, after in pairwise(runs):
        gap = (after.start - before.start).days
        most = plan.retraining.maximum_gap_days
        if most is not None and gap > most and "timeline.gap" not in told:
            found.append(f"gap: {gap} days")
        if interval is not None and gap > interval and not after.moved:
            found.append(f"{gap} days without a reason")
    for stages in rollouts_of(dates).values():
        found += [f"{b.id} before the end of {a.id}" for a, b in pairwise(stages) if b.start <= a.end]
        ready = stages[-1].start - datetime.timedelta(days=plan.retraining.training.holdout_days or 0)
        inside = (one for one in runs if stages[0].start <= one.start <= ready)
        found += [f"{one.id} inside a rollout" for one in inside if not one.fixed.startswith("a trigger fires")]
    starts = sorted((stages[0].start, stages[-1].start) for stages in rollouts_of(dates).values())
    found += [f"two rollouts on {b[0]}" for a, b in pairwise(starts) if b[0] <= a[1]]
    for key in ("launch", "full%20traffic", "no"):
        due, until = dates.of(f"due.{key}"), plan.calendar.valid_days
        late = due and until is not None and due.start > TODAY + datetime.timedelta(days=until)
        found += [f"due.{key} after the papers"] if late and f"timeline.due.{key}" not in told else []
    first = next(iter(rollouts_of(dates).get("stage", [])), None)
    due = dates.of("due.launch")
    if first and due and first.start > TODAY and due.start >= first.start and "timeline.due.launch" not in told:
        found.append("conditions after what they guard")
    return found + unlearned(runs, project, at) + untold(dates, project)


def untold(dates: Timeline, project: p.Project) -> list[str]:
    """Return what is decided before the outcomes that it needs are in, or carried out before it is decided."""
    late = math.ceil(project.settings.rollout.maturity_days or 0)
    stages = [one for one in dates.kind("stage") if one.id.startswith("stage.")]
    found = [f"{one.id} ends without an outcome" for one in stages if (one.end - one.start).days < late]
    asked = dates.of("decision.traffic")
    shares = {stage.name: stage.traffic or 0.0 for stage in project.settings.rollout.stages}
    for before, after in pairwise(stages):
        names = [next(name for name in shares if one.note.startswith(name)) for one in (before, after)]
        if shares[names[0]] or not shares[names[1]] or not asked:
            continue
        found += ["traffic is decided before the outcomes are in"] if asked.start <= before.end else []
        found += ["traffic begins before it is decided"] if after.start <= asked.start else []
    return found


DAILY = 500
"""Rows a day of the data."""


def risked_without_a_word(project: p.Project, at: Decisions) -> list[str]:
    """Return the stages that end with more of the traffic than their budget bears, and no finding tells."""
    plan, told = project.settings.rollout, {one.id for one in at.findings}
    a_row = 2.0 * (case.value(at, "rollout.detection") or 0.0)
    budget = plan.exposure_budget or math.inf
    stages = [one for one in plan.stages if (one.traffic or 0.0) * (one.rows_per_day or DAILY) * a_row > budget]
    return [one.name for one in stages if f"rollout.{segment_of(one.name)}.exposed" not in told]


def unjudged(project: p.Project, at: Decisions) -> list[str]:
    """Return the stages that end before what judges them can, on their own rows, and no finding tells."""
    told, found, before = {one.id for one in at.findings}, list[str](), 0
    stages, late = project.settings.rollout.stages, project.settings.rollout.maturity_days or 0
    shares = {one.name: ((one.traffic_from or one.traffic or 0.0) + (one.traffic or 0.0)) / 2 for one in stages}
    for stage in stages:
        head, daily = f"rollout.{segment_of(stage.name)}", stage.rows_per_day or DAILY
        lasts = case.value(at, f"{head}.days_planned") or 0
        for one in project.settings.rollback.conditions:
            own = one.traffic in shares.values() and one.traffic != shares[stage.name]
            if not stage.traffic or own or (one.traffic and stage.traffic == 1 and one.traffic != 1):
                continue
            rows, wait = daily * (one.traffic or 1.0), late if one.metric == "rmse" else 0
            days = max(math.ceil((one.minimum_n or 0) / rows), one.window_days - (0 if one.traffic else before)) + wait
            never = (
                f"{head}.never.{one.id}" in told or (one.minimum_n or 0) > DAILY * (one.traffic or 1) * one.window_days
            )
            found += [f"{one.id} in {stage.name}"] if days > lasts and not never else []
            short = stage.days is not None and days > stage.days and f"{head}.short" not in told
            found += [f"{stage.name} is short without a word"] if short and not never else []
        before += 0 if stage.launch_only else lasts
    return found


def unlearned(runs: tuple[Dated, ...], project: p.Project, at: Decisions) -> list[str]:
    """Return the runs that a trigger asks for without the outcomes of the window that made it fire."""
    ids = (f"retraining.trigger.{one.id}.since" for one in project.settings.retraining.triggers)
    fired = [day for id in ids if isinstance(day := case.value(at, id), datetime.date)]
    late = datetime.timedelta(days=max(1, project.settings.rollout.maturity_days or 0))
    asked = [one for one in runs if one.fixed.startswith("a trigger fires")]
    return [f"{one.id} knows nothing of {min(fired)}" for one in asked if fired and one.start < min(fired) + late]


@given(project=projects())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], phases=(Phase.generate,))
def test_no_date_breaks_a_bound_without_a_finding(project: p.Project) -> None:
    decided = case.through(project, case.evidence(), case.BEFORE, *DATES)
    dates = decided.timeline
    assert dates is not None
    assert [one.id for one in dates.dated if one.id != "expiry" and not free(one, project)] == []
    assert all(one.fixed for one in dates.dated) and len({one.id for one in dates.dated}) == len(dates.dated)
    told = {one.id for one in decided.findings if one.kind == "timeline"}
    assert told == {f"timeline.{one.rule}" for one in dates.breaches}
    assert broken_without_a_word(dates, project, told, decided) == []
    assert risked_without_a_word(project, decided) == []
    assert unjudged(project, decided) == []
    assert all(0 < one.repair_days <= one.over for one in dates.breaches)
    judged = project.settings.retraining.training.holdout_days or 0
    starts = {one.id: one.start for one in dates.kind("run")}
    for one in dates.kind("stage"):
        stage = next(each for each in project.settings.rollout.stages if one.note.startswith(each.name))
        if one.id.startswith("run.") and stage.traffic:
            trained = starts[".".join(one.id.split(".")[:2])]
            assert (one.start - trained).days >= judged


@st.composite
def daily_errors(draw: st.DrawFn) -> list[tuple[float, float]]:
    return draw(st.lists(st.tuples(st.floats(5, 15), st.floats(5, 15)), min_size=2, max_size=30))


def evidence_of(errors: list[tuple[float, float]]) -> Evidence:
    """Return the evidence with the errors of both versions by day."""
    rows: list[tuple[Cell, ...]] = [
        (
            day.isoformat(),
            *(case.fact(f"previous.daily.{name}.{day}", value) for name, value in zip(NAMES, one, strict=True)),
        )
        for day, one in zip(case.DAYS[-len(errors) :], ((*each, 500.0) for each in errors), strict=True)
    ]
    table = case.table("previous.daily", "date own previous rows", *rows)
    return case.evidence(*case.ageing(1.0, 0.1), tables=(table,))


NAMES = ("own", "previous", "rows")


def results_of(project: p.Project, evidence: Evidence) -> tuple[Results, Decisions]:
    """Return the results, in which a quantity that has two values is an error."""
    decided = case.through(project, evidence, case.BEFORE, *EVERY)
    return collect(HEADER, evidence, decided), decided


@given(project=projects(), errors=daily_errors())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], phases=(Phase.generate,))
def test_one_thing_has_one_sum_one_permission_and_one_number(
    project: p.Project, errors: list[tuple[float, float]]
) -> None:
    results, decided = results_of(project, evidence_of(errors))
    _sums(results)
    _owners(results, project)
    _risks(results, project)
    _signatures(results, project)
    _claims(results)
    _firing(results, decided)
    _permissions(results, errors)
    _alerts(results, decided)
    _texts(results, project)


def _texts(results: Results, project: p.Project) -> None:
    """What a text or a number says beyond what is declared elsewhere is told, and nothing that agrees is."""
    told, plan = {one.id for one in results.findings}, project.settings
    counted, capacity = plan.business.acted_per_day, plan.decision.capacity_per_day
    assert ("business.beyond_capacity" in told) == ((counted or 0) > (capacity or math.inf))
    rule, modes = plan.alerts.rules[0], {one.name: one for one in plan.rollback.degraded_modes}
    assert "runbook.modes.untyped" in told or rule.mode in (None, *modes)
    off = modes["Switch off"]
    said = [off.limits, rule.mitigation if rule.mode == off.name else None]
    shares = [float(found[1]) / 100 for text in said if text and (found := re.search(r"up to ([0-9.]+)", text.lower()))]
    more = [share for share in shares if off.most is not None and share > off.most]
    assert len([id for id in told if id.startswith("runbook.modes.beyond.")]) == len(more)
    wakes = {one.id for one in results.alerts if one.kind in ("alert", "burn")}
    (risk,) = plan.risks
    deaf = not set(risk.alerts) <= wakes or (not risk.alerts and "alert" in (risk.mitigation or ""))
    assert ("risks.a.alerts" in told) == deaf


def _sums(results: Results) -> None:
    """The cost of retraining, of ageing and of incidents in the case is that of the calendar and of the risks."""
    value = {id: number for id, fact in results.facts.items() if (number := number_of(fact)) is not None}
    pairs = (
        ("business.input.cost.Retraining.per_year", "retraining.recommended.cost_per_year"),
        ("business.input.ageing", "retraining.recommended.staleness_per_year"),
        ("business.input.incidents", "risks.expected_loss_per_year"),
    )
    assert [own for own, source in pairs if value[own] != value[source]] == []
    runs = [row for row in results.tables["calendar.dates"].records if row["activity"] == "Retraining"]
    counts = results.facts["retraining.recommended.counts"].value
    whys = [str(row["why"]) for row in results.tables["business.inputs"].records if "Retraining" in str(row["input"])]
    paced = results.facts["retraining.recommended.paced"].value
    assert whys == [counts] and (counts == "runs that have a day, no trigger to come counted") == (not paced)
    cost, each = value["retraining.recommended.cost_per_year"], value["retraining.run.cost"]
    assert cost > len(runs) * each if paced else cost == pytest.approx(len(runs) * each)
    named: dict[str, set[float]] = {}
    for id, number in value.items():
        if results.facts[id].unit == "money" and results.facts[id].label and not id.startswith("declared."):
            named.setdefault(results.facts[id].label, set()).add(number)
    assert {label: sums for label, sums in named.items() if len(sums) > 1} == {}
    yearly = [number for id, number in value.items() if id.startswith("business.input.") and id.endswith(OF_A_YEAR)]
    assert value["business.cost_first_year"] == pytest.approx(sum(yearly))
    for row in results.tables["actions.compared"].records:
        month, twelve = number_of(row["more"]), number_of(row["year"])
        assert (month is None) == (twelve is None)
        assert month is None or twelve == pytest.approx(12 * month)


def _owners(results: Results, project: p.Project) -> None:
    """A stage has one owner in calendar and roadmap, and one gate, its own."""
    stages = project.settings.rollout.stages
    owner = {one.name: one.owner or project.settings.project.owner for one in stages}
    for row in results.tables["calendar.dates"].records:
        if row["activity"] == "Rollout" and stages:
            stage = next(one for one in stages if str(row["note"]).startswith(one.name))
            assert row["owner"] == owner[stage.name]
    for entry in results.tables["calendar.roadmap"].records:
        named = next(one for one in project.settings.context.roadmap if one.name == entry["name"]).stages
        own = [one.owner for one in stages if one.name in named and one.owner]
        assert not own or entry["owner"] == ", ".join(dict.fromkeys(own))
    for row in results.tables["rollout.stages"].records:
        assert (row["gate"] or None) == next(one.gate for one in stages if one.name == row["stage"])


def _signatures(results: Results, project: p.Project) -> None:
    """Who signs by when stands once in the calendar, in time or with a finding, and no later than the decision."""
    told, asked = {one.id for one in results.findings}, results.facts["calendar.decision"].value
    rows, decide = results.tables["calendar.dates"].records, project.settings.context.decide_by
    days = {
        str(row["activity"]): [case.plain(one["date"]) for one in rows if one["activity"] == row["activity"]]
        for row in rows
    }
    assert days.get("Decision asked for", [str(decide)])[0] == str(asked)
    assert ("timeline.decision" in told) == (decide is not None and str(asked) > str(decide))
    for one, row in zip(project.settings.people.approvers, results.tables["calendar.signatures"].records, strict=True):
        day, own = case.plain(row["by"]), days.get(f"Signature: {one.role}", [])
        if one.by is None or one.by <= TODAY:
            assert own == [] and day == str(one.by or "")
            continue
        assert own == [day] or (own == [] and one.name and day == str(asked))
        late = day > str(one.by) or (decide is not None and decide > TODAY and day > str(asked))
        assert late == (f"timeline.signature.{segment_of(one.role)}" in told)


def _claims(results: Results) -> None:
    """What a finding asserts of numbers or days holds of them: none tells of a bound that is kept."""
    assert [one.id for one in results.findings if one.claim.borne_out is False] == []


def _risks(results: Results, project: p.Project) -> None:
    """What the plan risks most is the dearest of its stages; simulated policies have no price of their own."""
    ids = [f"rollout.{segment_of(one.name)}.exposure" for one in project.settings.rollout.stages]
    priced = [number for id in ids if id in results.facts and (number := number_of(results.facts[id]))]
    assert number_of(results.facts["rollout.worst.exposure"]) == max(priced, default=None)
    again = [id for id, one in results.facts.items() if id.startswith("retraining.policy.") and one.unit == "money"]
    assert set(again) <= {"retraining.policy.level"}


def _firing(results: Results, decided: Decisions) -> None:
    """Whether a rule fires now is one thing to its sheet, to the summary and to the alert itself."""
    marks = {row["id"]: row["status"] for key in SHEETS for row in results.tables[key].records}
    for alert in decided.alerts:
        fires = [level for level in alert.levels if level.fires]
        assert not fires or case.plain(marks[alert.id]) == "firing now"
        assert fires or alert.id not in marks or case.plain(marks[alert.id]) != "firing now"
        assert all(level.fires for level in alert.levels if level.since)
    told = {str(row["level"]) for row in results.tables["brief.firing"].records}
    woken = [alert for alert in decided.alerts if alert.kind == "alert"]
    found = {level.level for alert in woken for level in alert.levels if level.fires}
    assert told <= found and bool(told) is bool(found)


SHEETS = ("alerts.sheets", "alerts.further")
OF_A_YEAR = ("running_cost_per_year", ".per_year", ".ageing", ".incidents")


def _permissions(results: Results, errors: list[tuple[float, float]]) -> None:
    """Going back is said to help only where it does, and what is asked of it then was kept on every day."""
    own, before = errors[-1]
    helps, harms = (results.facts[f"rollback.tonight.{key}"].value for key in ("helps", "harms"))
    assert not (helps and harms)
    assert not helps or before < own
    criterion = number_of(results.facts["rollback.criterion"])
    assert criterion is not None and all(previous <= criterion + 1e-9 for _, previous in errors)


def _alerts(results: Results, decided: Decisions) -> None:
    """The threshold of an alert is the same among the alerts, on its sheet and in the rules of Prometheus."""
    sheets = {(row["id"], row["level"]): row for row in results.tables["alerts.sheet_levels"].records}
    rules = {(row["rule"], row["level"]): row for row in results.tables["alerts.rules"].records}
    entries = results.tables["runbook.levels"].records
    triggers = {row["id"] for row in results.tables["runbook.triggers"].records}
    assert decided.alerts
    for alert, level in ((one, level) for one in decided.alerts for level in one.levels):
        for table in (sheets, rules):
            limit = table[alert.id, level.level]["limit"]
            assert isinstance(limit, tuple)
            assert [part.value for part in limit if isinstance(part, Fact)] == [level.bound.value]
        said = str(rules[alert.id, level.level]["decision"]).partition(": ")[2]
        asked = [str(row["do"]) for row in entries if (row["id"], row["level"]) == (alert.id, level.level)]
        assert asked or alert.id in triggers
        assert not said or all(one.startswith(said) for one in asked)
        row = sheets[alert.id, level.level]
        assert (row["severity"], row["receiver"]) == (level.severity, level.receiver)
