"""Takes the plan and the model, refuses columns that the model holds otherwise than the project or the rows do."""

from generator.errors import InputError, Problem
from generator.measure.inputs import OpenInputs, may_quote
from generator.measure.tables import MARKERS
from generator.records.ledger import Aggregates, Plan

TOLD = 5
FEWEST = 20
"""Rows below which predictions of 0 and 1 alone may be chance."""
NEAR = 1e-12
"""How far the mean of squares may lie from the mean where all are 0 or 1."""
TRUTHS = {"true": "True", "false": "False"}
"""How truth values are written, and how the model names them."""
AS_TEXTS = "write `kind: categorical` under the feature: codes with leading zeros are no numbers"
TRAINED = "name the rows that the model was trained on, with the types they had, or write data.reference_is: held_out"


def text_features(opened: OpenInputs) -> frozenset[str]:
    """Return the features that the model knows as texts; raises InputError for those declared as numbers."""
    known = frozenset(() if opened.model is None else opened.model.texts)
    declared = {feature.name for feature in opened.project.settings.data.features if feature.kind == "numeric"}
    problems = tuple(
        Problem(
            what=f"the model knows {name} as texts, and it is declared numeric", where="data.features", hint=AS_TEXTS
        )
        for name in sorted(known & declared)
    )
    if problems:
        raise InputError(problems[0].what, problems=problems)
    return known


def check_levels(opened: OpenInputs, plan: Plan) -> None:
    """Raise InputError for levels of the training rows that the encoder does not know: it would take them for new.

    A text that often means no value is none of them: whoever trained may have read it so.
    """
    if opened.model is None or opened.project.settings.data.reference_is != "training":
        return
    problems = []
    for name, levels in zip(plan.categorical, plan.levels, strict=True):
        known = set(opened.model.levels.get(name, ()))
        named = [level for level in levels if level not in MARKERS]
        strange = [level for level in named if not _spellings(level) & known] if known else []
        if strange:
            shown = f": {', '.join(strange[:TOLD])}" if may_quote(opened.project, name) else ""
            what = f"the model does not know {len(strange)} of {len(levels)} levels of {name} in training{shown}"
            problems.append(Problem(what=what, where="data.reference", hint=TRAINED))
    if problems:
        raise InputError(problems[0].what, problems=tuple(problems))


def check_decisions(opened: OpenInputs, plan: Plan, sums: Aggregates) -> None:
    """Raise InputError for a column of predictions of two outcomes that holds 0 and 1 alone.

    Between 0 and 1 the mean of squares is the mean exactly where there is nothing else.
    """
    place = len(plan.numeric) + 1
    n, mean = float(sums.total.n[place]), float(sums.total.mean[place])
    if not plan.binary or opened.model is not None or n < FEWEST:
        return
    if mean - mean**2 - float(sums.total.m2[place]) / n < NEAR:
        raise InputError(
            f"{opened.roles.prediction} holds 0 and 1 alone: decisions, not probabilities",
            where="data.prediction",
            hint="give the probability of the outcome, such as predict_proba(rows)[:, 1], in a column of its own",
        )


def _spellings(level: str) -> set[str]:
    """Return how a model may name a level: as it stands, as a truth value, as a number."""
    found = {level, TRUTHS.get(level.lower(), level)}
    try:
        return found | {f"{float(level):.15g}"}
    except ValueError:
        return found
