"""Takes a world in which models age and jumps happen, and policies of retraining, gives what each costs: simulated."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.stats.arrays import FloatArray, floats

DAYS_A_YEAR = 365.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """Money lost a day by days in service (index 0, 1, …), sudden losses on top, and how noisy a day's loss is.

    Jumps come at `jump_rate` a day, exponential with mean `jump_mean` money a day, and stay until a retrain.
    """

    loss: FloatArray
    jump_rate: float = 0.0
    jump_mean: float = 0.0
    noise: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When a retrain begins: after `every` days in service, or once a CUSUM of the seen loss less `slack` is high.

    It is high above `level`; before `gap` days in service nothing triggers.
    """

    every: float = math.inf
    level: float = math.inf
    slack: float = 0.0
    gap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOutcome:
    """Money per day, in all and for ageing alone, runs a year, and the standard error of the money per day."""

    cost_per_day: float
    staleness_per_day: float
    runs_per_year: float
    se: float


def simulate(
    world: World, policies: Sequence[Policy], cost: float, *, lead: int, days: int, paths: int, seed: int
) -> tuple[PolicyOutcome, ...]:
    """Run every policy through the same days (Philox keyed by `seed`); `lead` days from decision to a fresh model.

    A day makes the model a day older, then costs its loss; a policy decides at its end. Page 1954 for the CUSUM.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    shape = (len(policies), paths)
    every, level, slack, gap = (
        np.array([[getattr(policy, name)] for policy in policies]) for name in ("every", "level", "slack", "gap")
    )
    age, wait = np.zeros(shape, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    jumped, seen, lost, runs = (np.zeros(shape) for _ in range(4))
    for _ in range(days):
        age += 1
        jumped += (rng.random(paths) < world.jump_rate) * rng.exponential(world.jump_mean, paths)
        loss = world.loss[np.minimum(age, world.loss.size - 1)] + jumped
        lost += loss
        seen = np.maximum(0.0, seen + loss + world.noise * rng.standard_normal(paths) - slack)
        begin = (wait < 0) & ((age >= every) | ((seen > level) & (age >= gap)))
        wait = np.where(begin, lead, wait)
        fresh = wait == 0
        runs += fresh
        age[fresh], jumped[fresh], seen[fresh] = 0, 0.0, 0.0
        wait -= wait >= 0
    return tuple(_outcome(lost[place] / days, runs[place] / days, cost) for place in range(len(policies)))


def _outcome(lost: FloatArray, runs: FloatArray, cost: float) -> PolicyOutcome:
    total = floats(lost + cost * runs)
    spread = float(total.std(ddof=1)) / math.sqrt(total.size) if total.size > 1 else math.nan
    return PolicyOutcome(
        cost_per_day=float(total.mean()),
        staleness_per_day=float(lost.mean()),
        runs_per_year=float(runs.mean()) * DAYS_A_YEAR,
        se=spread,
    )


def best_level(
    world: World, levels: Sequence[float], policy: Policy, cost: float, *, lead: int, days: int, paths: int, seed: int
) -> float:
    """Return the level of least simulated cost, all other parts of the policy as given."""
    tried = [Policy(every=policy.every, level=level, slack=policy.slack, gap=policy.gap) for level in levels]
    found = simulate(world, tried, cost, lead=lead, days=days, paths=paths, seed=seed)
    return levels[int(np.argmin([one.cost_per_day for one in found]))]
