"""Days of rows of a linear world whose coefficients wander, jump or stand still."""

import numpy as np

from generator.stats.comoments import CoMoments, co_of


def stack(parts: list[CoMoments]) -> CoMoments:
    """Return co-moments of parts along a first axis."""
    return CoMoments(
        n=np.stack([one.n for one in parts]),
        mean=np.stack([one.mean for one in parts]),
        comoment=np.stack([one.comoment for one in parts]),
    )


def tables(
    seed: int, days: int, *, rows: int = 300, width: int = 20, step: float = 0.0, jump: tuple[int, float] = (-1, 0.0)
) -> list[np.ndarray]:
    """Return a table (rows, width + 1) a day, target last; noise goes up and down with the week."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=width) * 0.5
    found = []
    for day in range(days):
        truth = truth + rng.normal(size=width) * (step if day else 0.0)
        if day == jump[0]:
            truth = truth + jump[1]
        x = rng.normal(size=(rows, width))
        noise = 1.0 + 0.3 * np.sin(day * 2.0 * np.pi / 7.0)
        found.append(np.column_stack([x, 7.0 + x @ truth + rng.normal(size=rows) * noise]))
    return found


def by_day(found: list[np.ndarray]) -> CoMoments:
    """Return the co-moments of each day's table."""
    return stack([co_of(one) for one in found])
