"""How often drift is confirmed where there is none, and how often where there is, on panels of correlated rows.

`python -m tests.benchmarks.drift_fdr [--runs 100] [--share 0.5] [--shift 0]` prints a table; RESULTS.md records one
run of it. The rows go through the program's own measurement and its own analysis.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from generator.subjects.drift import drift
from tests.subjects import worlds

FEATURES, CHANGED, ENTITIES = 20, 4, 400
SHARES = (0.0, 0.5, 0.9)
"""Of a feature's variance, the part that stays with the entity."""
SIZE = 0.5
"""Planted shift of the changed features in standard deviations."""


def table(share: float, rng: np.random.Generator, own: np.ndarray, days: int, shift: float, start: str) -> pd.DataFrame:
    """Return rows of the entities whose lasting values are `own`, the first CHANGED features moved by `shift`."""
    size = len(own) * days
    values = np.sqrt(share) * np.tile(own, (days, 1)) + np.sqrt(1 - share) * rng.normal(size=(size, FEATURES))
    values[:, :CHANGED] += shift
    frame = pd.DataFrame(values, columns=names()).round(4)
    frame["y"] = values[:, -1].round(4)
    frame["prediction"] = 0.0
    frame["date"] = np.repeat(pd.date_range(start, periods=days).strftime("%Y-%m-%d"), len(own))
    frame["id"] = np.tile([f"{start}{i}" for i in range(len(own))], days)
    return frame


def names() -> tuple[str, ...]:
    """Return the names of the features."""
    return tuple(f"f{i:02}" for i in range(FEATURES))


def confirmed(share: float, shift: float, seed: int) -> tuple[int, int, int]:
    """Return confirmed features among the changed ones and the others, and others that are significant alone.

    All entities are new in production: nothing that stays with an entity helps.
    """
    rng = np.random.default_rng([seed, int(share * 10), int(shift * 10)])
    sides = [
        table(share, rng, rng.normal(size=(ENTITIES, FEATURES)), days, by, start)
        for days, by, start in ((8, 0.0, "2026-01-01"), (12, shift, "2026-02-01"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        made = worlds.project(Path(folder), features=names(), critical=())
        made, ledger = worlds.ledger(Path(folder), sides[0], sides[1], made)
        seen = drift.run(made, ledger)
    found = worlds.statuses(seen, "drift.all")
    flagged = [found[name] in ("confirmed", "severe") for name in names()]
    significant = [worlds.value(seen, f"drift.{name}.p") <= 0.05 for name in names()[CHANGED if shift else 0 :]]
    return sum(flagged[:CHANGED]), sum(flagged[CHANGED:]), sum(significant)


def row(share: float, shift: float, runs: int) -> str:
    """Return a row of the table: false discovery rates of what is confirmed and of significance alone, and power."""
    found = np.array([confirmed(share, shift, seed) for seed in range(runs)], dtype=float)
    true, false, significant = found.T
    if shift == 0:
        true, false = np.zeros(runs), true + false
    rates = [float(np.mean(some / np.maximum(true + some, 1))) for some in (false, significant)]
    power = f"{true.mean() / CHANGED:.2f}" if shift else ""
    return f"| {share:g} | {shift:g} | {rates[0]:.3f} | {rates[1]:.3f} | {power} |"


def main() -> None:
    """Print rates by the share of variance between entities."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--share", type=float, choices=SHARES, help="of these shares one alone")
    parser.add_argument("--shift", type=float, choices=(0.0, SIZE), help="of these shifts one alone")
    given = parser.parse_args()
    runs = given.runs
    print(f"| share of entities | planted shift (SD) | false among confirmed, {runs} runs | by significance | power |")
    print("|---|---|---|---|---|")
    for share in SHARES if given.share is None else (given.share,):
        for shift in (0.0, SIZE) if given.shift is None else (given.shift,):
            print(row(share, shift, runs), flush=True)


if __name__ == "__main__":
    main()
