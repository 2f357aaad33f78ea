"""Takes a ledger, gives what an error in production may be held against: rows out of sample, or what was declared."""

import math
from dataclasses import replace

from generator.estimates.facts import place
from generator.estimates.headline import head_of
from generator.estimates.intervals import COLUMN
from generator.estimates.pairs import objective_of
from generator.records import margins
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.records.project import Objective, Project
from generator.records.reason import Reason

MOST_PARAMETERS = 0.01
"""Degrees of freedom a row up to which a linear model's errors on its own training rows say what to expect."""
AGREES = 0.02
"""Share by which these and the declared validation error may differ, where two standard errors are less."""


def out_of_sample(ledger: Ledger) -> Ledger | None:
    """Return the ledger with the held-out rows in the place of production's; None where none have outcomes."""
    held_out = ledger.held_out
    if held_out is None or held_out.losses is None or not held_out.losses.group[:, COLUMN["n"]].sum() > 0:
        return None
    return replace(ledger, production=held_out, labels=None)


def error_before(project: Project, ledger: Ledger) -> float:
    """Return the mean squared error to expect: of held-out rows, else as declared; nan without either."""
    before = out_of_sample(ledger)
    if before is not None and before.production.losses is not None:
        return _mean_square(before.production.losses.group)
    head = head_of(ledger, "")
    _, objective = objective_of(project, head.metric.metric)
    if objective is None or objective.validation is None:
        return math.nan
    return objective.validation if ledger.plan.binary else objective.validation**2


def why_not(project: Project) -> str:
    """Return what would have to be given for an error before launch to be known."""
    return Reason(
        f"no error out of sample is known: errors on rows that the model was fitted on say nothing of what to expect "
        f"(give rows it was not fitted on: {project.file}: data.held_out; or the figures of validation with their n: "
        f"{place(project, 'objectives.metrics')}: objectives.metrics)",
        ("data.held_out", "objectives.metrics"),
    )


def training_errors_serve(project: Project, ledger: Ledger) -> bool:
    """Return whether errors on training rows say nearly what those out of sample would: of few parameters, as declared.

    With p parameters on n rows the typical error of a linear model is larger out of sample by about p/n.
    """
    reference, linear = ledger.reference, ledger.linear
    _, objective = objective_of(project, head_of(ledger, "").metric.metric)
    if linear is None or reference is None or reference.losses is None or objective is None:
        return False
    group = reference.losses.group
    n = float(group[:, COLUMN["n"]].sum())
    parameters = len(linear.columns) + 1.0
    if not n > 0 or parameters / n > MOST_PARAMETERS or not objective.validation:
        return False
    expected = _error(ledger, group) * (1.0 + parameters / n) ** (2.0 if ledger.plan.binary else 1.0)
    room = max(AGREES, 2.0 * _relative_error(ledger, group, objective))
    return bool(abs(objective.validation / expected - 1.0) <= room)


def margin_of(ledger: Ledger, mean_square: float) -> float:
    """Return the smallest material rise of the headline error from a mean squared error, in the error's unit."""
    if not ledger.plan.binary:
        return margins.ERROR * math.sqrt(max(mean_square, 0.0))
    scores = ledger.production.scores
    n, y = (0.0, 0.0) if scores is None else (float(scores.group[..., k].sum()) for k in (3, 5))
    rate = y / n if n else math.nan
    return margins.of_brier(mean_square, rate)


def _mean_square(group: FloatArray) -> float:
    return float(group[:, COLUMN["e2"]].sum() / group[:, COLUMN["n"]].sum())


def _error(ledger: Ledger, group: FloatArray) -> float:
    square = _mean_square(group)
    return square if ledger.plan.binary else math.sqrt(square)


def _relative_error(ledger: Ledger, group: FloatArray, objective: Objective) -> float:
    """Return the relative standard error of the declared figure, its rows as spread as those of training."""
    if not objective.n:
        return 0.0
    square = _mean_square(group)
    fourth = float(group[:, COLUMN["e4"]].sum() / group[:, COLUMN["n"]].sum())
    spread = max(fourth / square**2 - 1.0, 0.0) if square > 0 else 0.0
    return math.sqrt(spread / objective.n) * (1.0 if ledger.plan.binary else 0.5)
