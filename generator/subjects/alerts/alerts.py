"""Takes the alert rules and the evidence, gives what each level would have done and what it costs in false alarms."""

import math
from collections.abc import Iterator

from generator.records.decision import Alert, AlertLevel, Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Level, Project
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.alerts._alert_levels import (
    Evaluated,
    alarm_fact,
    chance_of,
    evaluate_all,
    left_out,
    total_false_alarms,
)
from generator.subjects.alerts._burn import Burn, alert_of, burn_table, burns
from generator.subjects.alerts._liveness import (
    hold,
    liveness_table,
    outcomes_until,
    recording_table,
    run_by,
    source_table,
)
from generator.subjects.alerts._receivers import escalation_table, held_table, receiver_table, way_up, ways_of
from generator.subjects.alerts._sheet import Sheet, sheets
from generator.subjects.alerts._sheet_levels import answer, fired_table, goes_to, level_table, value_series
from generator.subjects.alerts._sheet_rows import address
from generator.subjects.alerts._sheet_tables import (
    build_table,
    by_level_table,
    dashboard_table,
    further_table,
    metrics_table,
    query_table,
    reads_table,
    rule_table,
    sheet_table,
    value_table,
)
from generator.subjects.kit.facts import declared, derived, flag
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.counting import Counts, count_alerts, count_facts
from generator.subjects.limits.formulas import OF_ERRORS, closing, formula_of, label_delay
from generator.subjects.limits.healthy import Chance, chance_fact
from generator.subjects.limits.rules import title_of
from generator.subjects.limits.series import step_days
from generator.subjects.limits.watched import loss_budget

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_RULES = lacking("no alert rules declared", "alerts.rules")
NO_SERIES = "no rule has a daily series"
NO_LEVELS = lacking("no alert levels declared", "alerts.levels")
BAD = ("confirmed", "severe")
SILENT = {"missing": ("missing", "missing_points"), "drift": ("mean_change", "sd_change", "psi"), "unseen": ("unseen",)}


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Evaluate every declared level of every alert rule."""
    at = known(evidence, earlier)
    counts = count_alerts(at, project)
    levels = evaluate_all(counts, at, project)
    volumes = _volumes(levels, counts, at, project)
    total, found, counted = total_false_alarms(levels), sheets(levels, at, project), burns(project)
    sheeted = _sheets(found, counted, at, project)
    return Decisions(
        facts=(
            *(level.reading.current for level in levels),
            *(fact for level in levels for fact in level.facts),
            *(row[-2] for row in volumes if isinstance(row[-2], Fact)),
            total,
            label_delay(at, project),
            *(one.current for one in counted),
            *count_facts(counts),
            hold(),
            run_by(project),
            loss_budget(at, project),
            days_needed(levels, at, project),
            flag(QUANTITY("alerts.asked"), any(sheet.rule.live for sheet in found)),
        ),
        tables=(
            _levels(project, sheeted),
            _volume_table(volumes, levels),
            _left_out(levels),
            *sheeted,
        ),
        findings=(*_over_budget(total, project), *_silent(levels, at), *_early(at, project)),
        alerts=(*(_alert(sheet, at, project) for sheet in found), *(alert_of(one) for one in counted if found)),
    )


def days_needed(levels: tuple[Evaluated, ...], at: Known, project: Project) -> Fact:
    """Return the days of rows from which every rule can be judged: window, repeats, and the wait for the truth."""
    reach = (
        one.level.limit.window_days
        + (one.level.limit.consecutive - 1) * step_days(at)
        + math.ceil(closing(one.level.limit.metric, at, project))
        for one in levels
    )
    method = "longest window, its repeats, and the days until the truth is in"
    return derived("alerts.days_needed", max(reach, default=None), unit="days", method=method, reason=NO_RULES)


def _sheets(found: tuple[Sheet, ...], burns: tuple[Burn, ...], at: Known, project: Project) -> tuple[Table, ...]:
    """Everything that is made from the one list of rules."""
    sources = source_table(found, at)
    alive = liveness_table(found, burns, sources, at, project)
    severities = {one.level.severity for sheet in found for one in sheet.levels}
    severities |= {one.severity for one in burns} | {str(row["severity"]) for row in alive.records}
    unanswered = escalation_table(severities, project, address("alert-unanswered", project))
    rules = rule_table(found, burns, alive, unanswered, at, project, NO_RULES)
    ways = ways_of(rules.records, project)
    return (
        build_table(found, burns, alive, ways, project, NO_RULES),
        sheet_table(found, at, project, NO_RULES),
        further_table(found, at, project, NO_RULES),
        level_table(found, project, NO_RULES),
        dashboard_table(found, NO_RULES),
        reads_table(found, project, NO_RULES),
        query_table(found, alive, NO_RULES),
        by_level_table(found, at, project),
        rules,
        receiver_table(ways),
        held_table(found, bool(sources.rows)),
        value_table(found, sources, project, NO_SERIES),
        sources,
        metrics_table(bool(found), project, NO_RULES),
        fired_table(found, NO_RULES),
        burn_table(burns),
        recording_table(found, burns, project),
        alive,
        unanswered,
    )


def _volumes(
    levels: tuple[Evaluated, ...], counts: Counts, at: Known, project: Project
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of the table of volumes; the last cells are the fact of the contract and why it has no value."""
    rows: list[tuple[Cell, ...]] = []
    per_day = at.fact("data.production.per_day")
    for one in levels:
        if number_of(per_day) not in (None, *project.settings.alerts.rows_per_day):
            rows.append(_volume(one, per_day, one.chance, f"{one.level.id}.daily_probability", one.false_alarms))
        for index, volume in enumerate(project.settings.alerts.rows_per_day):
            head = f"{one.level.id}.false_alarms_per_month_at_{volume}"
            chance = chance_of(one.level, volume, counts, at, project)
            stated = declared(project, f"alerts.volume.{volume}", volume, f"alerts.rows_per_day.{index}", unit="rows")
            alarms = alarm_fact(head, chance, one.level, volume, at, project)
            rows.append(_volume(one, stated, chance, f"{head}.daily_probability", alarms))
    return tuple(rows)


def _volume(one: Evaluated, rows: Fact, chance: Chance, id: str, alarms: Fact) -> tuple[Cell, ...]:
    probability = chance_fact(id, chance, label="Chance per window", source=one.level.limit.threshold.id)
    return title_of(one.level.rule), one.level.name, rows, probability, alarms, alarms.reason


def _levels(project: Project, sheeted: tuple[Table, ...]) -> Table:
    """Return the declared levels; who is told next is what the alerts themselves do, where they tell anybody."""
    unanswered = next(one for one in sheeted if one.id == "alerts.escalation")
    rows = (
        (
            one.name,
            one.severity,
            one.meaning or "",
            answer(one, project),
            one.team or "",
            _done(one),
            way_up(unanswered, one, project) or one.escalation or "",
            "yes" if one.automated else "no",
        )
        for one in project.settings.alerts.levels
    )
    return TABLE("alerts.levels", rows, reason=NO_LEVELS)


def _done(level: Level) -> str:
    """Return what a level asks for: of what the team calls automated no more is than the runbook says."""
    only = " (by itself only what page 1 of the runbook says so of)" if level.automated else ""
    return f"{level.action}{only}" if level.action else ""


def _volume_table(rows: tuple[tuple[Cell, ...], ...], levels: tuple[Evaluated, ...]) -> Table:
    reason = lacking("no other volumes declared", "alerts.rows_per_day") if levels else NO_RULES
    return TABLE("alerts.volumes", rows, reason=reason)


def _left_out(levels: tuple[Evaluated, ...]) -> Table:
    reason = "every rule is in the total" if levels else NO_RULES
    return TABLE("alerts.left_out", left_out(levels), reason=reason)


def _alert(sheet: Sheet, at: Known, project: Project) -> Alert:
    rule, limit, closes = sheet.rule, sheet.limit, project.settings.alerts.closes_at
    return Alert(
        id=rule.id,
        kind="alert" if sheet.kind == "further alert" else sheet.kind,
        title=sheet.title,
        metric=limit.metric,
        series=value_series(sheet, project),
        aggregation=formula_of(limit.metric, project),
        scope=f"{limit.segment} {limit.segment_level}".strip() or rule.features,
        version=project.settings.model.version,
        window_days=limit.window_days,
        closing=f"{closes} {project.settings.project.time_zone or 'UTC'}" if closes else "",
        lag=label_delay(at, project) if limit.metric in OF_ERRORS else None,
        minimum_n=limit.minimum_n,
        repeats=limit.consecutive,
        recovery=rule.recovery,
        levels=tuple(_level(sheet, one, project) for one in sheet.levels),
    )


def _level(sheet: Sheet, one: Evaluated, project: Project) -> AlertLevel:
    limit = one.level.limit
    return AlertLevel(
        name=one.level.alert,
        level=one.level.name,
        operator=limit.operator,
        bound=limit.threshold,
        severity=one.level.severity,
        receiver=goes_to(sheet, one.level, project),
        false_messages=one.false_alarms,
        visible_change=one.visible,
        delay=one.delay,
        fired_on=one.reading.days,
        fires=one.reading.fires is True,
        since=one.reading.since,
        anchor=one.level.anchor,
        runbook_url=address(one.level.anchor, project),
        evidence=(one.reading.current.id, one.days.id, one.false_alarms.id),
    )


def _over_budget(total: Fact, project: Project) -> tuple[Finding, ...]:
    budget = project.settings.alerts.budget_per_month
    value = number_of(total)
    if budget is None or value is None or value <= budget:
        return ()
    bound = declared(project, "alerts.budget_per_month", budget, "alerts.budget_per_month", unit="per month")
    words: Sentence = ("The rules would give ", total, " false alarms on a healthy model; the budget is ", bound, ".")
    return (
        finding(
            "alerts.budget",
            "alert",
            "confirmed",
            "alert budget",
            words,
            Claim(what="false_messages", relation="above", value=total, baseline=bound),
        ),
    )


def _early(at: Known, project: Project) -> Iterator[Finding]:
    """Yield that rows have outcomes which, by what is declared, were not known yet on the day of the build."""
    newest, late, today = outcomes_until(at), number_of(label_delay(at, project)), at.as_of
    if newest is None or late is None or today is None or project.settings.data.labels:
        return
    ahead = (newest - today).days + late
    if ahead > 0:
        fact = derived(QUANTITY("alerts.outcomes.ahead"), ahead, source="watch.label_delay")
        told: Sentence = (
            "The newest outcomes in the rows are known only ",
            fact,
            " after the day of this build, as declared.",
        )
        claim = Claim(what="outcomes", relation="contradicts", value=fact)
        yield finding("alerts.outcomes.ahead", "alert", "watch", "outcomes", told, claim)


def _silent(levels: tuple[Evaluated, ...], at: Known) -> tuple[Finding, ...]:
    """Rules that stayed silent although the same build confirms what they are there for."""
    found: list[Finding] = []
    for kind, metrics in SILENT.items():
        own = [one for one in levels if one.level.limit.metric in metrics and one.reading.observed]
        shown = [finding for finding in at.findings if finding.kind == kind and finding.severity in BAD]
        if not own or not shown or any(one.reading.days for one in own):
            continue
        count = derived(QUANTITY("alerts.silent.{kind}.findings", kind=kind), len(shown))
        words: Sentence = (
            f"No alert on {kind} would have fired in the supplied data, yet ",
            count,
            f" {kind} finding(s) are confirmed: its thresholds lie above what matters, ",
            own[0].level.limit.threshold,
            " at the lowest.",
        )
        found.append(
            finding(
                f"alerts.silent.{kind}",
                "alert",
                "confirmed",
                kind,
                words,
                Claim(what="days_fired", relation="below", value=own[0].days, baseline=count),
            )
        )
    return tuple(found)


DECISION = Decision(id="alerts", title="Alert rules held against the data", run=run)
