"""Takes the evaluated levels of the alert rules, gives one sheet a rule: everything that building it takes.

The one list from which documents, queries and runbook entries are made.
"""

import itertools
from dataclasses import dataclass
from typing import Literal

from generator.records.project import Project, Rule
from generator.subjects.alerts._alert_levels import Evaluated
from generator.subjects.alerts._sql import OF_OUTCOMES, inside, key_of, on_outcomes, on_predictions, wrapped
from generator.subjects.alerts._sql_features import EXPECTED, on_features
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.healthy import FEWEST
from generator.subjects.limits.quantities import OF_FEATURES, Limit, population
from generator.subjects.limits.readings import Reading
from generator.subjects.limits.rules import SILENT, RuleLevel, title_of
from generator.subjects.limits.series import step_days

Kind = Literal["alert", "further alert", "condition", "diagnostic"]
MOST = 7
"""Metrics that one team on call can know by heart; further ones have a row in place of a sheet."""
HOLD_MINUTES = 15
"""How long a silence lasts before it is told."""
MOSTLY = 0.5
"""Share of the supplied days from which a rule that fired on them is told."""


State = Literal["generated", "wrapped", "declared, not run", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleQuery:
    """The query of a rule; without one `text` is empty."""

    state: State
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A rule with all its levels, what they would have done, and its query."""

    kind: Kind
    levels: tuple[Evaluated, ...]
    query: RuleQuery

    @property
    def rule(self) -> Rule:
        """Return the declared rule."""
        return self.levels[0].level.rule

    @property
    def title(self) -> str:
        """Return what the rule is called."""
        return title_of(self.rule)

    @property
    def limit(self) -> Limit:
        """Return the limit of its lowest level."""
        return self.levels[0].level.limit

    @property
    def reading(self) -> Reading:
        """Return what the data say of its lowest level."""
        return self.levels[0].reading

    @property
    def one_of_many(self) -> bool:
        """Return whether its value is that of the worst of several inputs."""
        return population(self.rule.metric, self.rule.features) in ("each", "critical")

    @property
    def sends(self) -> bool:
        """Return whether it sends alerts."""
        return self.kind in ("alert", "further alert")

    @property
    def firing(self) -> Evaluated | None:
        """Return the gravest level that fires at the end of the data."""
        return next((one for one in reversed(self.levels) if one.reading.fires), None)

    @property
    def mostly(self) -> Evaluated | None:
        """Return the gravest level that held on most of the supplied days."""
        return next(
            (
                one
                for one in reversed(self.levels)
                if one.reading.observed >= FEWEST and len(one.reading.days) > MOSTLY * one.reading.observed
            ),
            None,
        )


def sheets(levels: tuple[Evaluated, ...], at: Known, project: Project) -> tuple[Sheet, ...]:
    """Return a sheet for every rule, in the order of the project file."""
    rules = [tuple(own) for _, own in itertools.groupby(levels, key=lambda one: one.level.rule.id)]
    kinds = _kinds([tuple(one.level for one in own) for own in rules])
    return tuple(
        Sheet(
            kind=kinds[own[0].level.rule.id],
            levels=own,
            query=statement(tuple(one.level for one in own), at, project),
        )
        for own in rules
    )


def _kinds(rules: list[tuple[RuleLevel, ...]]) -> dict[str, Kind]:
    """Return by rule what it is; of more alerts than one team can know, the gravest and first declared keep a sheet."""
    found: dict[str, Kind] = {own[0].rule.id: _kind(own) for own in rules}
    alerts = [own for own in rules if found[own[0].rule.id] == "alert"]
    for own in sorted(alerts, key=lambda own: min(level.severity for level in own))[MOST:]:
        found[own[0].rule.id] = "further alert"
    return found


def _kind(own: tuple[RuleLevel, ...]) -> Kind:
    if own[0].aside:
        return "condition"
    return "diagnostic" if all(level.severity in SILENT for level in own) else "alert"


def statement(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> RuleQuery:
    """Return the query of a rule, made from it where the two tables hold what it looks at, else from the team's own."""
    made = _generated(levels, at, project)
    if made is not None:
        return RuleQuery(state="generated", text=made)
    held = wrapped(levels, project)
    if held is not None:
        return RuleQuery(state="wrapped", text=held)
    own = levels[0].rule.query
    return RuleQuery(state="declared, not run", text=own) if own else RuleQuery(state="none", text="")


def _generated(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> str | None:
    metric, data = levels[0].limit.metric, project.settings.data
    if data.time is None or data.acted_on:
        return None
    if metric in EXPECTED and metric in OF_FEATURES:
        return on_features(levels, at, project)
    if metric in ("rows", "mean_prediction"):
        return on_predictions(levels, step_days(at), project)
    part = inside(levels[0].limit, at, project)
    told = metric in OF_OUTCOMES or metric in ("auc", "precision_at_top")
    if not told or metric not in OF_ERRORS or not key_of(project) or part is None:
        return None
    return on_outcomes(levels, step_days(at), project, part)
