"""How often the printed 95 % intervals hold the truth, on simulated panels with correlated entities and days.

`python -m tests.benchmarks.coverage [--runs 1000]` prints a table; RESULTS.md records one run of it.
"""

import argparse
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.intervals import BIAS, MAE, RMSE, Ratio, Sums, estimate
from generator.records.ledger import LOSSES

Floats = NDArray[np.float64]
DAYS, LARGE = 30, 400_000


@dataclass(frozen=True, kw_only=True)
class World:
    """Errors of entities on days: shares of the variance that entities and days have in common, AR(1) of the days."""

    entities: int = 500
    entity: float = 0.0
    day: float = 0.0
    phi: float = 0.0
    heavy: bool = False


WORLDS = {
    "independent rows": World(),
    "entities 0.5": World(entity=0.5),
    "days 0.02": World(day=0.02),
    "days 0.02, phi 0.5": World(day=0.02, phi=0.5),
    "entities 0.5, days 0.02": World(entity=0.5, day=0.02),
    "entities 0.5, days 0.02, phi 0.5": World(entity=0.5, day=0.02, phi=0.5),
    "entities 0.3, heavy tails": World(entity=0.3, heavy=True),
    "100 entities, 0.5": World(entities=100, entity=0.5),
    "25 entities, 0.3": World(entities=25, entity=0.3),
}


def errors(world: World, rng: np.random.Generator) -> Floats:
    """Return errors (days, entities) of variance one."""
    own = (
        rng.standard_t(6, (DAYS, world.entities)) / math.sqrt(1.5)
        if world.heavy
        else rng.normal(size=(DAYS, world.entities))
    )
    product = rng.normal(size=world.entities)
    shocks = np.empty(DAYS)
    shocks[0] = rng.normal()
    for t in range(1, DAYS):
        shocks[t] = world.phi * shocks[t - 1] + math.sqrt(1 - world.phi**2) * rng.normal()
    noise = math.sqrt(1 - world.entity - world.day) * own
    made: Floats = noise + math.sqrt(world.entity) * product + math.sqrt(world.day) * shocks[:, None]
    return made


def sums(e: Floats, rng: np.random.Generator) -> Sums:
    """Return the loss sums that the ledger would hold; entities fall into hash groups at random."""
    columns = np.zeros((*e.shape, len(LOSSES)))
    for name, values in {"n": np.ones_like(e), "e": e, "e2": e**2, "e4": e**4, "abs": np.abs(e)}.items():
        columns[..., LOSSES.index(name)] = values
    group = np.zeros((64, len(LOSSES)))
    np.add.at(group, rng.integers(0, 64, e.shape[1]), columns.sum(axis=0))
    return Sums(group=group, day=columns.sum(axis=1), entities=float(e.shape[1]))


def truth(world: World, ratio: Ratio) -> float:
    """Return the metric of infinitely many rows."""
    if ratio is BIAS:
        return 0.0
    if ratio is RMSE:
        return 1.0
    if not world.heavy:
        return math.sqrt(2 / math.pi)
    rng = np.random.default_rng(0)
    draws = rng.standard_t(6, LARGE) / math.sqrt(1.5) * math.sqrt(1 - world.entity - world.day)
    return float(np.abs(draws + math.sqrt(world.entity + world.day) * rng.normal(size=LARGE)).mean())


def coverage(world: World, ratio: Ratio, runs: int, seed: int) -> float:
    """Return the share of simulated intervals that hold the truth."""
    rng, wanted = np.random.default_rng(seed), truth(world, ratio)
    held = 0
    for _ in range(runs):
        found = estimate(ratio, sums(errors(world, rng), rng))
        held += found.low <= wanted <= found.high
    return held / runs


def main() -> None:
    """Print coverage of the nominal 95 % by world and metric."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    print(f"| 30 days, {runs} runs each | RMSE | MAE | bias |\n|---|---|---|---|")
    for name, world in WORLDS.items():
        shares = [coverage(world, ratio, runs, 7) for ratio in (RMSE, MAE, BIAS)]
        print(f"| {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |", flush=True)


if __name__ == "__main__":
    main()
