"""Takes the alert rules and the evidence, gives what each level would have done and what it costs in false alarms."""

from __future__ import annotations

from generator.records.decision import Alert, Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Level, Project, Rule
from generator.records.table import Cell, Mark, Table
from generator.subjects.alerts._alert_levels import (
    Evaluated,
    alarm_fact,
    chance_of,
    evaluate_all,
    left_out,
    total_false_alarms,
)
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.closing import label_delay
from generator.subjects.limits.counting import Counts, count_alerts, count_facts
from generator.subjects.limits.healthy import chance_fact
from generator.subjects.limits.quantities import SIGNS, in_words, name_of
from generator.subjects.limits.rules import LEVELS, RuleLevel, title_of

NO_RULES = "no alert rules declared (alerts.rules)"
NO_LEVELS = "no alert levels declared (alerts.levels)"
BAD = ("confirmed", "severe")
SILENT = {"missing": ("missing", "missing_points"), "drift": ("mean_change", "sd_change", "psi"), "unseen": ("unseen",)}


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Evaluate every declared level of every alert rule."""
    at = known(evidence, earlier)
    counts = count_alerts(at, project)
    levels = evaluate_all(counts, at, project)
    volumes = _volumes(levels, counts, at, project)
    total = total_false_alarms(levels)
    return Decisions(
        facts=(
            *(level.reading.current for level in levels),
            *(fact for level in levels for fact in level.facts),
            *(row[-1] for row in volumes if isinstance(row[-1], Fact)),
            total,
            label_delay(at, project),
            *count_facts(counts),
        ),
        tables=(
            _levels(project),
            _rules(levels, project),
            _evaluated(levels),
            _volume_table(volumes, levels),
            _left_out(levels),
            _dashboard(levels, project),
            _tests(levels),
        ),
        findings=(*_over_budget(total, project), *_silent(levels, at)),
        alerts=tuple(_alert(level) for level in levels),
    )


def _volumes(
    levels: tuple[Evaluated, ...], counts: Counts, at: Known, project: Project
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of the table of volumes; the last cell is the fact of the contract."""
    rows: list[tuple[Cell, ...]] = []
    per_day = at.fact("data.production.per_day")
    for one in levels:
        if number_of(per_day) not in (None, *project.settings.alerts.rows_per_day):
            probability = chance_fact(
                f"{one.level.id}.daily_probability",
                one.chance,
                label="Chance per window",
                source=one.level.limit.threshold.id,
            )
            rows.append((title_of(one.level.rule), one.level.name, per_day, probability, one.false_alarms))
        for index, volume in enumerate(project.settings.alerts.rows_per_day):
            head = f"{one.level.id}.false_alarms_per_month_at_{volume}"
            chance = chance_of(one.level, volume, counts, at, project)
            rows.append(
                (
                    title_of(one.level.rule),
                    one.level.name,
                    declared(project, f"alerts.volume.{volume}", volume, f"alerts.rows_per_day.{index}", unit="rows"),
                    chance_fact(
                        f"{head}.daily_probability",
                        chance,
                        label="Chance per window",
                        source=one.level.limit.threshold.id,
                    ),
                    alarm_fact(head, chance, one.level, volume, at, project),
                )
            )
    return tuple(rows)


def _rules(levels: tuple[Evaluated, ...], project: Project) -> Table:
    heads = columns(
        "id",
        "title: Rule",
        "group",
        "yellow",
        "red",
        "window",
        "consecutive: In a row",
        "recovery",
        "minimum_n: Minimum rows",
        "severity",
        "respond: Respond within",
        "channel",
        "*why: Where it comes from",
    )
    rows = (_rule_row(rule, index, levels, project) for index, rule in enumerate(project.settings.alerts.rules))
    return table("alerts.rules", "Alert rules", heads, rows, reason=NO_RULES)


def _rule_row(rule: Rule, index: int, levels: tuple[Evaluated, ...], project: Project) -> tuple[Cell, ...]:
    own: dict[str, RuleLevel] = {one.level.name: one.level for one in levels if one.level.rule.id == rule.id}
    head, path = f"alerts.{segment_of(rule.id)}", f"alerts.rules.{index}"
    number = {
        key: declared(project, f"{head}.{key}", getattr(rule, key), f"{path}.{key}", unit=unit)
        for key, unit in (
            ("window_days", "days"),
            ("consecutive", "count"),
            ("recovery", "count"),
            ("minimum_n", "rows"),
        )
    }
    bounds: list[Cell] = [
        (f"{SIGNS[rule.operator]} ", own[name].limit.threshold) if name in own else "not set" for name in LEVELS
    ]
    return (
        rule.id,
        title_of(rule),
        rule.group or "",
        *bounds,
        number["window_days"],
        number["consecutive"],
        number["recovery"],
        number["minimum_n"] if rule.minimum_n else "none set",
        " / ".join(level.severity for level in own.values()),
        _respond(own, project),
        rule.channel or project.settings.alerts.channels.alerts or "not declared",
        rule.why or "not declared",
    )


def _respond(own: dict[str, RuleLevel], project: Project) -> Sentence:
    words: list[str | Fact] = []
    for _, level in sorted(own.items(), reverse=True):
        if level.level and (answer := _answer(level.level, project)):
            words += [", " if words else "", *answer]
    return tuple(words) or ("not declared",)


def _answer(level: Level, project: Project) -> Sentence:
    """How soon a level asks for an answer, in the team's words where it has any."""
    if level.respond:
        return (level.respond,)
    if level.respond_within_hours is None:
        return ()
    at = [item.name for item in project.settings.alerts.levels].index(level.name)
    return (
        declared(
            project,
            f"alerts.level.{segment_of(level.name)}.respond",
            level.respond_within_hours,
            f"alerts.levels.{at}.respond_within_hours",
            unit="hours",
        ),
    )


def _levels(project: Project) -> Table:
    heads = columns(
        "name: Level", "severity", "*meaning", "respond: Respond within", "team", "*action", "*escalation", "automated"
    )
    rows = (
        (
            one.name,
            one.severity,
            one.meaning or "",
            _answer(one, project),
            one.team or "",
            one.action or "",
            one.escalation or "",
            "yes" if one.automated else "no",
        )
        for one in project.settings.alerts.levels
    )
    return table("alerts.levels", "Alert levels", heads, rows, reason=NO_LEVELS)


def _status(one: Evaluated) -> Mark:
    if one.reading.fires:
        return Mark(status=one.level.name, word="firing now")
    if one.reading.fires is None:
        return Mark(status="info", word="no data")
    if one.reading.days:
        return Mark(status="watch", word="fired before")
    return Mark(status="green", word="quiet")


def _evaluated(levels: tuple[Evaluated, ...]) -> Table:
    heads = columns(
        "rule",
        "level",
        "*threshold: Fires when",
        "current: Now",
        "days_fired: Days fired",
        "false_alarms: False alarms",
        "delay",
        "status",
        "visible: Smallest visible",
    )
    rows = (
        (
            title_of(one.level.rule),
            one.level.name,
            in_words(one.level.limit),
            one.reading.current,
            one.days,
            one.false_alarms,
            one.delay,
            _status(one),
            one.visible,
        )
        for one in levels
    )
    return table("alerts.evaluated", "What each alert would have done", heads, rows, reason=NO_RULES)


def _volume_table(rows: tuple[tuple[Cell, ...], ...], levels: tuple[Evaluated, ...]) -> Table:
    heads = columns(
        "rule",
        "level",
        "rows_per_day: Rows a day",
        "daily_probability: Chance per window",
        "false_alarms: False alarms",
    )
    reason = "no other volumes declared (alerts.rows_per_day)" if levels else NO_RULES
    return table("alerts.volumes", "False alarms at other volumes", heads, rows, reason=reason)


def _left_out(levels: tuple[Evaluated, ...]) -> Table:
    heads = columns("rule", "*why")
    reason = "every rule is in the total" if levels else NO_RULES
    return table("alerts.left_out", "Rules whose false alarms cannot be told", heads, left_out(levels), reason=reason)


def _dashboard(levels: tuple[Evaluated, ...], project: Project) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for rule in {one.level.rule.id: one.level.rule for one in levels}.values():
        own = [one for one in levels if one.level.rule.id == rule.id]
        bounds = {one.level.name: one.level.limit.threshold for one in own}
        worst = next((one for one in reversed(own) if one.reading.fires), own[0])
        status = _status(worst) if worst.reading.fires is not False else Mark(status="green", word="in bounds")
        title = ": ".join(filter(None, (title_of(rule), own[0].reading.worst)))
        rows.append((title, own[0].reading.current, *(bounds.get(name, "not set") for name in LEVELS), status))
    heads = columns("metric", "current: Now", "yellow", "red", "status")
    return table("alerts.dashboard", "Dashboard", heads, rows, reason=NO_RULES)


def _tests(levels: tuple[Evaluated, ...]) -> Table:
    rows = (
        (
            title_of(one.level.rule),
            _how_to_fire(one.level),
            (f"{one.level.severity} alert at {one.level.name}, runbook entry {one.level.anchor}",),
        )
        for one in levels
    )
    heads = columns("rule", "*how_to_fire: How to make it fire", "*expect: What must happen")
    return table("alerts.tests", "Test plan", heads, rows, reason=NO_RULES)


def _how_to_fire(level: RuleLevel) -> Sentence:
    name = name_of(level.limit.metric, level.limit.features)
    side = "above" if level.limit.upward else "below"
    return (
        f"replay rows on a test system so that {name} lies {side} ",
        level.limit.threshold,
        " for as long as the rule asks: ",
        *in_words(level.limit),
    )


def _alert(one: Evaluated) -> Alert:
    limit = one.level.limit
    return Alert(
        id=one.level.rule.id,
        metric=limit.metric,
        level=one.level.name,
        operator=limit.operator,
        threshold=limit.threshold,
        window_days=limit.window_days,
        consecutive=limit.consecutive,
        minimum_n=limit.minimum_n,
        anchor=one.level.anchor,
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
        Finding(
            id="alerts.budget",
            kind="alert",
            severity="confirmed",
            subject="alert budget",
            words=words,
            evidence=(total.id, bound.id),
        ),
    )


def _silent(levels: tuple[Evaluated, ...], at: Known) -> tuple[Finding, ...]:
    """Rules that stayed silent although the same build confirms what they are there for."""
    found: list[Finding] = []
    for kind, metrics in SILENT.items():
        own = [one for one in levels if one.level.limit.metric in metrics and one.reading.observed]
        shown = [finding for finding in at.findings if finding.kind == kind and finding.severity in BAD]
        if not own or not shown or any(one.reading.days for one in own):
            continue
        count = derived(f"alerts.silent.{kind}.findings", len(shown), unit="count", method="confirmed findings")
        words: Sentence = (
            f"No alert on {kind} would have fired in the supplied data, yet ",
            count,
            f" {kind} finding(s) are confirmed: its thresholds lie above what matters, ",
            own[0].level.limit.threshold,
            " at the lowest.",
        )
        found.append(
            Finding(
                id=f"alerts.silent.{kind}",
                kind="alert",
                severity="confirmed",
                subject=kind,
                words=words,
                evidence=(count.id, own[0].days.id),
            )
        )
    return tuple(found)


DECISION = Decision(id="alerts", title="Alert rules held against the data", run=run)
