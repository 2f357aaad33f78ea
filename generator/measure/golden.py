"""Takes the plan and the models, gives synthetic requests with the answers of both versions; no row is copied."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.records.ledger import Aggregates, Golden, Plan
from generator.scoring import ScoringModel
from generator.stats.bins import quantile
from generator.stats.grid import bounds

PLACES = {"typical": 0.5, "low": 0.25, "high": 0.75}
"""Names of the requests, and the reference quantile of all their numbers."""


def golden(
    plan: Plan, reference: Aggregates | None, model: ScoringModel | None, previous: ScoringModel | None
) -> tuple[Golden, ...]:
    """Return one request a place: every number at a reference quantile, every text the commonest reference level."""
    if model is None or reference is None or reference.grid is None:
        return ()
    return tuple(_request(name, share, plan, reference, model, previous) for name, share in PLACES.items())


def _request(
    name: str, share: float, plan: Plan, reference: Aggregates, model: ScoringModel, previous: ScoringModel | None
) -> Golden:
    inputs = _inputs(plan, reference, share)
    answers = [
        None if each is None else float(each.score({f: _column(inputs[f]) for f in each.features}).prediction[0])
        for each in (model, previous)
    ]
    prediction = answers[0]
    assert prediction is not None
    return Golden(name=name, inputs=inputs, prediction=prediction, previous=answers[1])


def _inputs(plan: Plan, reference: Aggregates, share: float) -> dict[str, float | str | None]:
    assert reference.grid is not None
    numbers = {
        name: float(f"{quantile(counts, bounds(edges), share).value:.4g}") if counts.sum() > 0 else None
        for name, counts, edges in zip(plan.numeric, reference.grid, plan.grid, strict=False)
    }
    starts = zip(plan.categorical, plan.levels, plan.offsets, strict=False)
    texts = {name: _commonest(levels, reference.slots[start:]) for name, levels, start in starts}
    return {**numbers, **texts}


def _commonest(levels: tuple[str, ...], slots: NDArray[np.float64]) -> str | None:
    return levels[int(np.argmax(slots[: len(levels)]))] if levels else None


def _column(value: float | str | None) -> NDArray[Any]:
    if isinstance(value, float):
        return np.array([value])
    return np.array([np.nan if value is None else value], dtype=object)
