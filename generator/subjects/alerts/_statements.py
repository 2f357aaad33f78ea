"""Takes a rule, gives its query over the team's tables and where it comes from: made here, the team's own, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.records.project import Project
from generator.subjects.alerts._sql import OF_OUTCOMES, key_of, on_outcomes, on_predictions
from generator.subjects.alerts._sql_features import EXPECTED, on_features
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.quantities import OF_FEATURES
from generator.subjects.limits.rules import RuleLevel
from generator.subjects.limits.series import step_days

State = Literal["generated", "declared, not run", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """The query of a rule; without one `text` is empty."""

    state: State
    text: str


def statement(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> Statement:
    """Return the query of a rule, made from it where the two tables hold what it looks at."""
    made = _generated(levels, at, project)
    if made is not None:
        return Statement(state="generated", text=made)
    own = levels[0].rule.query
    return Statement(state="declared, not run", text=own) if own else Statement(state="none", text="")


def _generated(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> str | None:
    metric, data = levels[0].limit.metric, project.settings.data
    if data.time is None or data.acted_on:
        return None
    if metric in EXPECTED and metric in OF_FEATURES:
        return on_features(levels, at, project)
    if metric in ("rows", "mean_prediction"):
        return on_predictions(levels, step_days(at), project)
    told = metric in OF_OUTCOMES or metric in ("auc", "precision_at_top")
    return on_outcomes(levels, step_days(at), project) if told and metric in OF_ERRORS and key_of(project) else None
