"""How often a planted slice is found, and how often one that errs no more than others is confirmed.

`python -m tests.benchmarks.slices [--worlds 20]` prints a table; RESULTS.md records one run of it. Each world has a
slice of another place, size and excess; its rows go through the program's own measurement and its own analysis.
"""

import argparse
import dataclasses
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from generator.measure.slices import OTHER
from generator.records.cells import SliceSums, Slicing
from generator.records.ledger import Ledger
from generator.records.project import Feature, Project
from generator.subjects.slices import slices
from generator.subjects.slices._search import MARGIN
from tests.subjects import worlds

ENTITIES, DAYS = 500, 30
TEXTS = {"kind": 4, "maker": 8, "place": 12, "day_type": 5}
"""Text features and their levels; the last changes from row to row, the others stay with the entity."""
NUMBERS = ("n1", "n2", "n3", "n4", "n5", "n6")
SIZES = ((0.01, 0.02), (0.02, 0.04), (0.04, 0.08), (0.08, 0.2))
"""Shares of the rows that a planted slice may have."""
EXCESSES = (0.0, 0.3, 0.6, 1.0)
"""By how much its typical error exceeds that of the other rows."""
PAIRS = (
    ("kind", "maker"),
    ("maker", "n1"),
    ("n2", "n3"),
    ("day_type", "kind"),
    ("place",),
    ("day_type", "n4"),
    ("maker", "place"),
    ("n5", "n6"),
    ("maker",),
    ("place", "n2"),
)
"""The features that a slice is cut by, world after world."""
Parts = dict[str, str | int | frozenset[str]]
"""A level, the place of a fifth, or the levels that are pooled as others, by feature."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was said of a world: was the slice found, and how many confirmed slices err no more than the margin."""

    share: float
    found: bool
    confirmed: int
    false: int


def rows(seed: int, days: int, start: str) -> pd.DataFrame:
    """Return rows of the same entities, without error; texts and half of the numbers' variance stay with the entity."""
    fixed, rng = np.random.default_rng([seed, 1]), np.random.default_rng([seed, days])
    size = ENTITIES * days
    frame = pd.DataFrame({"id": np.tile([f"E{i}" for i in range(ENTITIES)], days)})
    frame["date"] = np.repeat(pd.date_range(start, periods=days).strftime("%Y-%m-%d"), ENTITIES)
    for name, levels in TEXTS.items():
        weight = 0.3 + fixed.exponential(0.7, levels)
        own = fixed.choice(levels, ENTITIES, p=weight / weight.sum())
        code = np.tile(own, days) if name != "day_type" else rng.choice(levels, size, p=weight / weight.sum())
        frame[name] = np.array([f"{name}{k}" for k in range(levels)])[code]
    for name in NUMBERS:
        frame[name] = np.tile(fixed.normal(size=ENTITIES), days) * 0.7 + rng.normal(size=size) * 0.7
    frame["prediction"] = 50 + 5 * frame["n1"] - 3 * frame["n2"] + 2 * frame["n3"]
    own_error = np.tile(fixed.normal(size=ENTITIES), days)
    frame["error"] = 0.5 * own_error + 0.85 * rng.standard_t(8, size) / np.sqrt(8 / 6)
    return frame


def inside(frame: pd.DataFrame, parts: Parts, edges: dict[str, np.ndarray]) -> np.ndarray:
    """Return which rows lie in a slice: a text by its level or one of several, a number by its fifth of training."""
    where = np.ones(len(frame), dtype=bool)
    for name, part in parts.items():
        codes = np.searchsorted(edges[name], frame[name], side="right") if name in edges else frame[name]
        where &= np.isin(codes, list(part)) if isinstance(part, frozenset) else np.asarray(codes == part)
    return where


def planted(frame: pd.DataFrame, seed: int, edges: dict[str, np.ndarray]) -> Parts:
    """Return the world's slice: of its features, one of the wanted size where there is one."""
    names, (low, high) = PAIRS[seed % len(PAIRS)], SIZES[seed % len(SIZES)]
    rng = np.random.default_rng([seed, 2])
    levels = [range(5) if name in edges else sorted(set(frame[name])) for name in names]
    choices: list[Parts] = [dict(zip(names, each, strict=True)) for each in _product(levels)]
    shares = np.array([inside(frame, parts, edges).mean() for parts in choices])
    off = np.maximum(np.maximum(low - shares, shares - high), 0.0)
    best = np.flatnonzero(off == off.min())
    return choices[int(rng.choice(best))]


def _product(levels: list[list[str] | range]) -> Iterator[tuple[str | int, ...]]:
    yield from ((a,) for a in levels[0]) if len(levels) == 1 else ((a, b) for a in levels[0] for b in levels[1])


def world(seed: int, excess: float, folder: Path) -> tuple[Project, Ledger, pd.DataFrame, Parts]:
    """Return the ledger of a world, its production rows with their true scale of error, and the planted slice."""
    reference, production = rows(seed, 20, "2026-01-01"), rows(seed, DAYS, "2026-02-01")
    edges = {name: np.quantile(reference[name], np.arange(1, 5) / 5) for name in NUMBERS}
    where = planted(production, seed, edges)
    reference["scale"] = 1.0
    production["scale"] = np.where(inside(production, where, edges), 1.0 + excess, 1.0)
    for side in (reference, production):
        side["y"] = (side["prediction"] - side["error"] * side["scale"]).round(6)
    names = (*TEXTS, *NUMBERS)
    made = worlds.project(folder, features=names)
    features = tuple(Feature(name=n, kind="categorical" if n in TEXTS else "numeric") for n in names)
    data = dataclasses.replace(made.settings.data, features=features)
    made = dataclasses.replace(made, settings=dataclasses.replace(made.settings, data=data))
    made, ledger = worlds.ledger(
        folder, reference.drop(columns=["error", "scale"]), production.drop(columns=["error", "scale"]), made
    )
    return made, ledger, production, where


def named(sums: SliceSums, name: str) -> Parts:
    """Return the parts that a slice's name tells."""
    known = [(cut, k) for cut in sums.features for k in range(len(cut.parts))]
    places = {f"{cut.feature} {slices.part_name(cut, k)}": (cut, k) for cut, k in known}
    chosen = [places[one] for one in name.split(", ")]
    return {cut.feature: _part(cut, k) for cut, k in chosen}


def _part(cut: Slicing, place: int) -> str | int | frozenset[str]:
    if cut.parts[place] == OTHER:
        return frozenset(f"{cut.feature}{k}" for k in range(TEXTS[cut.feature])) - set(cut.known)
    return place if cut.cuts and place < len(slices.PARTS[5]) else cut.parts[place]


def outcome(seed: int, excess: float) -> Outcome:
    """Build a world and judge what was said of it."""
    with tempfile.TemporaryDirectory() as name:
        made, ledger, production, where = world(seed, excess, Path(name))
    sums = ledger.production.slices
    assert sums is not None
    edges = {cut.feature: np.array(cut.cuts) for cut in sums.features if cut.cuts}
    table = worlds.table_of(slices.run(made, ledger), "slices.confirmed")
    told = [named(sums, _plain(cell)) for cell in table.column("slice")]
    square = production["scale"] ** 2
    false = 0
    for parts in told:
        there = inside(production, parts, edges)
        false += np.sqrt(square[there].mean() / square[~there].mean()) - 1 < MARGIN
    share = float(inside(production, where, edges).mean())
    return Outcome(share=share, found=where in told, confirmed=len(told), false=int(false))


def _plain(cell: object) -> str:
    """Return the name of a slice from its words: without the limits of numbers."""
    assert isinstance(cell, tuple)
    words = "".join(part if isinstance(part, str) else "#" for part in cell)
    return ", ".join(part.strip() for part in re.sub(r"\([^()]*#[^()]*\)", "", words).split(","))


def main() -> None:
    """Print what was found by the excess that was planted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    count = parser.parse_args().worlds
    print("| excess of the slice | found, above 2 % of the rows | found, smaller | false among confirmed |")
    print("|---|---|---|---|")
    for excess in EXCESSES:
        said = [outcome(seed, excess) for seed in range(count)]
        large, small = ([one for one in said if (one.share > 0.02) is big] for big in (True, False))
        cells = [f"{sum(one.found for one in part)} of {len(part)}" for part in (large, small)]
        false = f"{sum(one.false for one in said)} of {sum(one.confirmed for one in said)}"
        print(f"| {excess:.0%} | {' | '.join(cells)} | {false} |", flush=True)


if __name__ == "__main__":
    main()
