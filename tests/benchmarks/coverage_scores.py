"""How often the printed 95 % intervals of a binary model hold the truth, on panels with correlated entities and days.

`python -m tests.benchmarks.coverage_scores [--runs 300]` prints a table; RESULTS.md records one run of it. Outcomes
follow from a latent normal value that entities and days share in part, so that every probability is right on average.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from generator.estimates import rankings as rank
from generator.estimates.intervals import BRIER, Estimate, Sums, estimate
from generator.estimates.recalibration import bin_means
from generator.estimates.score_intervals import estimate_scores
from generator.estimates.score_sums import N, Scores, Y
from generator.records.aggregates import FloatArray
from generator.records.ledger import LOSSES
from generator.stats.calibration import cox
from generator.subjects.calibration.calibration import mean_gap

Floats = NDArray[np.float64]
DAYS, LARGE = 30, 2_000_000
EDGES = np.arange(1, 200) / 200


@dataclass(frozen=True, kw_only=True)
class World:
    """Entities on days: what they have in common of the latent value behind an outcome, and AR(1) of the days."""

    entities: int = 500
    entity: float = 0.0
    day: float = 0.0
    phi: float = 0.0


WORLDS = {
    "independent rows": World(),
    "entities 0.5": World(entity=0.5),
    "days 0.02, phi 0.5": World(day=0.02, phi=0.5),
    "entities 0.5, days 0.02": World(entity=0.5, day=0.02),
    "100 entities, 0.5": World(entities=100, entity=0.5),
}


def panel(world: World, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return probabilities and outcomes (days, entities); half of a score's log-odds stays with the entity."""
    shape = (DAYS, world.entities)
    own = 0.71 * rng.normal(size=world.entities) + 0.71 * rng.normal(size=shape)
    p = 1 / (1 + np.exp(-(-1.2 + 1.1 * own)))
    shocks = np.empty(DAYS)
    shocks[0] = rng.normal()
    for t in range(1, DAYS):
        shocks[t] = world.phi * shocks[t - 1] + np.sqrt(1 - world.phi**2) * rng.normal()
    latent = np.sqrt(1 - world.entity - world.day) * rng.normal(size=shape)
    latent += np.sqrt(world.entity) * rng.normal(size=world.entities) + np.sqrt(world.day) * shocks[:, None]
    return p, (latent < ndtri(p)).astype(float)


def scores(p: Floats, y: Floats, groups: NDArray[np.int64]) -> Scores:
    """Return the score bins that the ledger would hold."""
    place = np.searchsorted(EDGES, p, side="right")
    one = np.ones_like(p)
    columns = np.stack([one, p, p * (1 - p), one, p, y], axis=-1)
    day, group = np.zeros((len(p), 200, 6)), np.zeros((64, 200, 6))
    np.add.at(day, (np.arange(len(p))[:, None], place), columns)
    np.add.at(group, (np.broadcast_to(groups, p.shape), place), columns)
    return Scores(group=group, day=day, edges=EDGES, entities=float(p.shape[1]), independent=False)


def brier(p: Floats, y: Floats, groups: NDArray[np.int64]) -> Estimate:
    """Return the Brier score as the program estimates it."""
    columns = np.zeros((*p.shape, len(LOSSES)))
    for name, values in {"n": np.ones_like(p), "e2": (p - y) ** 2, "e4": (p - y) ** 4}.items():
        columns[..., LOSSES.index(name)] = values
    group = np.zeros((64, len(LOSSES)))
    np.add.at(group, groups, columns.sum(axis=0))
    return estimate(BRIER, Sums(group=group, day=columns.sum(axis=1), entities=float(p.shape[1])))


def slope(found: Scores) -> Estimate:
    """Return the slope of the logistic recalibration as the program estimates it."""

    def fitted(sums: FloatArray) -> float:
        return cox(sums[:, N], sums[:, Y], bin_means(sums)).slope

    total = found.total
    se = cox(total[:, N], total[:, Y], bin_means(total)).slope_se
    return estimate_scores(fitted, found, "difference", se**2)


METRICS: dict[str, Callable[[Scores], Estimate]] = {
    "AUC": lambda found: estimate_scores(rank.area, found),
    "precision at 10 %": lambda found: estimate_scores(rank.precision(0.1), found),
    "gap in the large": lambda found: estimate_scores(mean_gap, found, "difference"),
    "slope": slope,
}


def truths() -> dict[str, float]:
    """Return the metrics of infinitely many rows; they do not depend on what rows have in common."""
    p, y = panel(World(entities=LARGE // DAYS), np.random.default_rng(0))
    found = scores(p, y, np.arange(p.shape[1]) % 64).total
    return {
        "Brier": float((p * (1 - p)).mean()),
        "AUC": rank.area(found),
        "precision at 10 %": rank.precision(0.1)(found),
        "gap in the large": 0.0,
        "slope": 1.0,
    }


def coverage(world: World, runs: int, wanted: dict[str, float]) -> dict[str, float]:
    """Return the share of simulated intervals that hold the truth, by metric."""
    rng, held = np.random.default_rng(7), dict.fromkeys(wanted, 0)
    for _ in range(runs):
        p, y = panel(world, rng)
        groups = np.asarray(rng.integers(0, 64, p.shape[1]), dtype=np.int64)
        found = scores(p, y, groups)
        made = {"Brier": brier(p, y, groups), **{name: metric(found) for name, metric in METRICS.items()}}
        for name, value in made.items():
            held[name] += value.low <= wanted[name] <= value.high
    return {name: count / runs for name, count in held.items()}


def main() -> None:
    """Print coverage of the nominal 95 % by world and metric."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    runs, wanted = parser.parse_args().runs, truths()
    print(f"| 30 days, {runs} runs each | {' | '.join(wanted)} |\n|---|{'---|' * len(wanted)}")
    for name, world in WORLDS.items():
        found = coverage(world, runs, wanted)
        print(f"| {name} | " + " | ".join(f"{found[metric]:.3f}" for metric in wanted) + " |", flush=True)


if __name__ == "__main__":
    main()
