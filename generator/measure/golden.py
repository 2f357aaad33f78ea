"""Takes the plan and the models, gives synthetic requests with the answers of both versions; no row is copied."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from generator.records.ledger import Aggregates, Golden, Plan
from generator.scoring import ScoringModel
from generator.stats.bins import quantile
from generator.stats.grid import bounds

PLACES = {"typical": 0.5, "low": 0.25, "high": 0.75}
"""Names of the requests, and the reference quantile of all their numbers."""
MOST_LEVELS = 50
"""Levels of a text that are sent at most."""
Inputs: TypeAlias = dict[str, float | str | None]


def golden(
    plan: Plan, reference: Aggregates | None, model: ScoringModel | None, previous: ScoringModel | None
) -> tuple[Golden, ...]:
    """Return one request a place: every number at a reference quantile, every text the commonest reference level.

    Then typical ones with the next levels of all texts, until each level that is known has been sent once.
    """
    if model is None or reference is None or reference.grid is None:
        return ()
    asked = {name: _inputs(plan, reference, share, 0) for name, share in PLACES.items()}
    for place in range(1, min(max(map(len, plan.levels), default=0), MOST_LEVELS)):
        asked[f"levels-{place + 1}"] = _inputs(plan, reference, PLACES["typical"], place)
    own, before = (_answers(each, list(asked.values())) for each in (model, previous))
    return tuple(
        Golden(name=name, inputs=inputs, prediction=own[index], previous=before[index] if before else None)
        for index, (name, inputs) in enumerate(asked.items())
    )


def _answers(model: ScoringModel | None, asked: list[Inputs]) -> list[float]:
    if model is None:
        return []
    found = model.score({name: _column([inputs[name] for inputs in asked]) for name in model.features})
    return [float(one) for one in found.prediction]


def _inputs(plan: Plan, reference: Aggregates, share: float, place: int) -> Inputs:
    assert reference.grid is not None
    numbers = {
        name: float(f"{quantile(counts, bounds(edges), share).value:.4g}") if counts.sum() > 0 else None
        for name, counts, edges in zip(plan.numeric, reference.grid, plan.grid, strict=False)
    }
    starts = zip(plan.categorical, plan.levels, plan.offsets, strict=False)
    texts = {name: _level(levels, reference.slots[start:], place) for name, levels, start in starts}
    return {**numbers, **texts}


def _level(levels: tuple[str, ...], slots: NDArray[np.float64], place: int) -> str | None:
    """Return the level of a place in the order of the reference, the commonest first; that where there are no more."""
    order = np.argsort(-slots[: len(levels)], kind="stable")
    return levels[int(order[place if place < len(levels) else 0])] if levels else None


def _column(values: list[float | str | None]) -> NDArray[Any]:
    if all(isinstance(value, float) for value in values):
        return np.array(values)
    return np.array([np.nan if value is None else value for value in values], dtype=object)
