"""Takes the project's alert rules, triggers and conditions, gives their thresholds in the unit of the metric."""

from dataclasses import dataclass
from typing import Literal

from generator.estimates.facts import place
from generator.records.fact import Fact, missing, segment_of
from generator.records.project import Condition, Level, Metric, Project, Rule, Trigger
from generator.records.reason import Reason
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import previous, validation
from generator.subjects.limits.quantities import Limit, name_of, population, unit_of

LevelName = Literal["yellow", "red"]
LEVELS: tuple[LevelName, ...] = ("yellow", "red")
SEVERITIES = {"yellow": "P3", "red": "P1"}
IN_SUMMARY = "daily summary"
"""In the place of a severity: what sends no message of its own is read there."""
SILENT = ("P4",)
"""Severities that wake nobody: a level of them is a diagnostic, whatever it is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleLevel:
    """One level of one rule: its limit, what it asks of whom, and its entry in the runbook."""

    rule: Rule
    name: LevelName
    limit: Limit
    level: Level | None
    path: str = ""
    """Where its rule is declared; empty for what stands beside the rules: a limit on a segment, the loss budget."""

    @property
    def aside(self) -> bool:
        """Return whether it sends no message of its own: no rule declares it, or it counts other alerts."""
        return not self.path or self.limit.metric == "alerts_per_day"

    @property
    def id(self) -> str:
        """Return the head of the ids of its facts."""
        return f"alerts.{segment_of(self.rule.id)}.{self.name}"

    @property
    def alert(self) -> str:
        """Return the name of its alerting rule."""
        return f"{self.rule.id}-{self.name}"

    @property
    def anchor(self) -> str:
        """Return the name of its entry in the runbook."""
        return f"alert-{self.alert}"

    @property
    def gravest(self) -> bool:
        return self.name == "red" or self.rule.red is None

    @property
    def do(self) -> str | None:
        """Return what it asks for: the gravest level what helps, one below it the cause."""
        return self.rule.mitigation or self.rule.decision if self.gravest else self.rule.decision

    @property
    def severity(self) -> str:
        """Return P1 to P4: as declared for the level, else by the usual order; or where it is read."""
        if self.aside:
            return IN_SUMMARY
        declared_severity = self.level.severity if self.level else "none"
        return SEVERITIES[self.name] if declared_severity == "none" else declared_severity

    @property
    def called(self) -> str:
        """Return what pages call it: its name, or where it is read, where nobody gets a message of it."""
        return IN_SUMMARY if self.severity in (IN_SUMMARY, *SILENT) else self.name

    @property
    def title(self) -> str:
        """Return what pages call the level beside others."""
        return f"Alert “{title_of(self.rule)}”, {self.called}"


def title_of(rule: Rule) -> str:
    """Return what a rule is called."""
    return rule.title or name_of(rule.metric, rule.features)


def rule_levels(project: Project) -> tuple[RuleLevel, ...]:
    """Return every declared level of every rule, in the order of the project file, yellow before red."""
    return tuple(
        _level(project, index, rule, name)
        for index, rule in enumerate(project.settings.alerts.rules)
        for name in LEVELS
        if (rule.yellow if name == "yellow" else rule.red) is not None
    )


def level_named(project: Project, name: str) -> Level | None:
    """Return the declared level of that name, whatever its case; levels of other names count by severity.

    Of these the gravest is red, and the mildest of two or more is yellow.
    """
    levels = project.settings.alerts.levels
    if any(level.name.lower() in LEVELS for level in levels):
        return next((level for level in levels if level.name.lower() == name), None)
    grave = sorted((level for level in levels if level.severity != "none"), key=lambda level: level.severity)
    if name == "red":
        return grave[0] if grave else None
    return grave[-1] if len(grave) > 1 else None


def _level(project: Project, index: int, rule: Rule, name: LevelName) -> RuleLevel:
    id = f"alerts.{segment_of(rule.id)}.{name}.threshold"
    value = rule.yellow if name == "yellow" else rule.red
    threshold = declared(
        project,
        id,
        value,
        f"alerts.rules.{index}.{name}",
        unit=unit_of(rule.metric, project),
        label=f"{title_of(rule)}, {name}",
    )
    limit = limit_of(rule, threshold)
    chosen = rule.yellow_level if name == "yellow" else rule.red_level
    own = next((level for level in project.settings.alerts.levels if level.name == chosen), None)
    declared_at = f"alerts.rules.{index}"
    return RuleLevel(rule=rule, name=name, limit=limit, level=own or level_named(project, name), path=declared_at)


def limit_of(rule: Rule, threshold: Fact, segment: str = "", level: str = "") -> Limit:
    """Return the limit that a rule sets, of a level of a segment where one is named."""
    return Limit(
        metric=rule.metric,
        features=rule.features,
        operator=rule.operator,
        threshold=threshold,
        window_days=rule.window_days,
        consecutive=rule.consecutive,
        recovery=max(rule.recovery, 1),
        minimum_n=rule.minimum_n,
        segment=segment,
        segment_level=level,
    )


def trigger_limit(trigger: Trigger, index: int, known: Known, project: Project) -> Limit:
    """Return the limit of a retraining trigger, relative ones worked out from the validation value."""
    id = f"retraining.trigger.{segment_of(trigger.id)}.threshold"
    path = f"retraining.triggers.{index}.threshold"
    threshold = _threshold(project, known, trigger, id, path, _level_of(trigger.metric, trigger.relative_to, known))
    return Limit(
        metric=trigger.metric,
        features=trigger.features,
        operator=trigger.operator,
        threshold=threshold,
        window_days=trigger.window_days,
        consecutive=trigger.consecutive,
        minimum_n=trigger.minimum_n,
    )


def condition_limit(condition: Condition, index: int, known: Known, project: Project) -> Limit:
    """Return the limit of a rollback condition, relative ones worked out from the previous version or validation."""
    id = f"rollback.condition.{segment_of(condition.id)}.threshold"
    path = f"rollback.conditions.{index}.threshold"
    level = _level_of(condition.metric, condition.relative_to, known)
    return Limit(
        metric=condition.metric,
        features="none",
        operator=condition.operator,
        threshold=_threshold(project, known, condition, id, path, level),
        window_days=condition.window_days,
        minimum_n=condition.minimum_n,
    )


def _level_of(metric: Metric, relative_to: str, known: Known) -> Fact | None:
    """The fact that a relative threshold stands on; None for an absolute one."""
    if relative_to == "validation":
        return validation(known.shelf, metric)
    return previous(known.shelf, metric) if relative_to == "previous" else None


def _threshold(
    project: Project, known: Known, item: Trigger | Condition, id: str, path: str, level: Fact | None
) -> Fact:
    unit, label = unit_of(item.metric, project), f"threshold of {item.id}"
    if level is None:
        return declared(project, id, item.threshold, path, unit=unit, label=label)
    base = level.number
    if base is None:
        reason = Reason(f"it is relative to {item.relative_to}: {level.reason}", level.asks)
        return missing(id, reason, label=label, unit=unit)
    return derived(
        id,
        base * (1 + item.threshold),
        unit=unit,
        label=label,
        method=f"{name_of(item.metric)} of {item.relative_to} × (1 + the declared share)",
        source=f"{level.id}, {place(project, path)}",
    )


def same_population(metric: Metric, features: str) -> str:
    """Return the population within which thresholds may be compared: single features, their mean, or the whole."""
    chosen = population(metric, features)
    return "single" if chosen in ("each", "critical") else chosen
