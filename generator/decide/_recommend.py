"""Takes costed options and the state of the triggers, gives the option to follow and why.

Rule, in use until a decay curve can be estimated: the team's own option while no trigger fires; when one does, retrain
now and go on with the shortest declared interval that costs less a year than the measured loss, else the team's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.decide._known import number_of
from generator.decide._options import Costed
from generator.records.fact import Fact, Sentence

NOT_IDENTIFIABLE = (
    "How fast the model ages cannot be identified from a single deployment: age and calendar run together, so a worse "
    "month and an older model look alike. Score an earlier version on the same rows, or refit at past cut-off days, "
    "to measure it."
)


def recommend(
    options: Sequence[Costed], chosen: str | None, fires: bool | None, yearly_loss: float | None, factor: float = 1.0
) -> Costed | None:
    """Return the option to follow when a run costs `factor` times what it does; None without any option."""
    own = next((one for one in options if one.option.id == chosen), None)
    if fires and yearly_loss is not None:
        paid = [one for one in options if one.option.every_days and _costs_less(one, factor, yearly_loss)]
        if paid:
            return min(paid, key=lambda one: one.option.every_days or 0)
    return own or _cheapest(options)


def _costs_less(one: Costed, factor: float, yearly_loss: float) -> bool:
    cost = number_of(one.cost)
    return cost is not None and cost * factor < yearly_loss


def _cheapest(options: Sequence[Costed]) -> Costed | None:
    priced = [one for one in options if number_of(one.cost) is not None]
    return min(priced, key=lambda one: number_of(one.cost) or 0.0) if priced else None


def reasons(
    best: Costed, chosen: str | None, fires: bool | None, loss: Fact, options: Sequence[Costed]
) -> tuple[tuple[str, Sentence], ...]:
    """Return the steps of the recommendation in words."""
    own = next((one for one in options if one.option.id == chosen), None)
    state = {True: "A trigger fires now: retrain now.", False: "No trigger fires now.",
             None: "No trigger can be evaluated."}[fires]
    return (
        ("Triggers", (state,)),
        ("Option of the team", (own.option.title,) if own else ("none chosen (retraining.chosen)",)),
        ("Measured loss", ("Against validation the model loses ", loss, " a year more.")),
        ("Choice", _choice(best, own, fires, loss)),
        ("Limits", (NOT_IDENTIFIABLE,)),
    )


def _choice(best: Costed, own: Costed | None, fires: bool | None, loss: Fact) -> Sentence:
    head = f"{best.option.title}, at "
    yearly = number_of(loss)
    if fires and yearly is not None and best.option.every_days and _costs_less(best, 1.0, yearly):
        return (head, best.cost, " a year: the shortest declared interval that costs less than the measured loss.")
    if own is None:
        return (head, best.cost, " a year: the cheapest option, since the team chose none.")
    if fires:
        return (head, best.cost, " a year: the team's own option, since no declared interval costs less than the "
                "loss measured so far.")
    return (head, best.cost, " a year: the team's own option, since nothing measured speaks against it.")
