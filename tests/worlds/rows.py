"""Takes a world, gives its rows: training, held out, production, with outcomes by the old and new relation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.worlds.axes import World

NUMBERS = tuple(f"x{k}" for k in range(8))
TEXTS = ("kind", "place")
INPUTS = (*NUMBERS, *TEXTS)
KINDS = ("basic", "plus", "prime", "trial")
PLACES = ("east", "north", "old_town", "port", "south", "west")
DEGENERATE = ("constant", "sparse")
START = pd.Timestamp("2026-01-05")
STEP = {"day": 1, "week": 7, "month": 30, "none": 1}
NOISE = 8.0
"""SD of a regression's noise where nothing makes it larger."""
DRAWS = 40
"""How often outcomes are drawn again, so that an expected loss hangs on no one's luck."""
SAME = 0.5
"""Share of an input's variance that stays with the entity."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The three tables, and what production's outcomes would have been had the relation stayed."""

    training: pd.DataFrame
    held_out: pd.DataFrame
    production: pd.DataFrame
    unchanged: pd.Series
    again: dict[str, np.ndarray]
    """Outcomes of the held-out rows and of production by the old relation (rows, DRAWS), with other luck each time."""


def rows_of(world: World) -> Rows:
    """Return the rows of a world; training and held-out rows depend on task, generator, seed and size alone."""
    base = np.random.default_rng([world.seed, len(world.generator), world.task == "binary"])
    names = np.array([f"E{k:03d}" for k in range(2 * world.entities)])
    own = base.normal(size=(names.size, len(NUMBERS) + 1))
    texts = np.column_stack([base.choice(KINDS, names.size, p=[0.4, 0.3, 0.2, 0.1]), base.choice(PLACES, names.size)])
    before = [_table(world, part, base, own, texts, names) for part in (0, 1)]
    rng = np.random.default_rng([world.seed, 7])
    now, unchanged = _production(world, rng, own, texts, names)
    again = {"held_out": _again(world, 1, own, names, before[1]), "production": _again(world, 2, own, names, now)}
    return Rows(training=before[0], held_out=before[1], production=now, unchanged=unchanged, again=again)


def _again(world: World, part: int, own: np.ndarray, names: np.ndarray, frame: pd.DataFrame) -> np.ndarray:
    rng, signal = np.random.default_rng([world.seed, part, 31]), _signal(world, frame)
    return np.column_stack(
        [_outcomes(world, frame, signal, *_luck(world, rng, own, names, frame)) for _ in range(DRAWS)]
    )


def _table(world: World, part: int, rng: np.random.Generator, own: np.ndarray, texts: np.ndarray, names: np.ndarray):
    frame = _inputs(world, part, rng, own, texts, names)
    frame["y"] = _outcomes(world, frame, _signal(world, frame), *_luck(world, rng, own, names, frame))
    return frame


def _production(world: World, rng: np.random.Generator, own: np.ndarray, texts: np.ndarray, names: np.ndarray):
    frame = _inputs(world, 2, rng, own, texts, names)
    changed = (frame["period"] >= world.since * world.periods).to_numpy()
    frame["x0"] += world.shift * changed * (frame["x0"].std() if world.generator == "steps" else 1.0)
    luck = _luck(world, rng, own, names, frame)
    old = _signal(world, frame)
    new = old + changed * _turn(world, frame)
    unchanged = pd.Series(_outcomes(world, frame, old, *luck), index=frame.index)
    frame["y"] = _outcomes(world, frame, new, *luck)
    return frame, unchanged


def _inputs(world: World, part: int, rng: np.random.Generator, own: np.ndarray, texts: np.ndarray, names: np.ndarray):
    a_period = world.rows // world.periods
    first = world.entities if world.new_entities and part == 2 else 0
    place = np.concatenate([rng.permutation(world.entities)[:a_period] for _ in range(world.periods)]) + first
    period = np.repeat(np.arange(world.periods), a_period)
    mixed = np.sqrt(SAME) * own[place, :-1] + np.sqrt(1 - SAME) * rng.normal(size=(place.size, len(NUMBERS)))
    frame = pd.DataFrame(mixed if world.generator == "smooth" else _uneven(mixed), columns=list(NUMBERS)).round(5)
    frame["kind"], frame["place"] = texts[place, 0], texts[place, 1]
    frame["entity"], frame["period"], frame["row"] = names[place], period, np.arange(place.size)
    if world.degenerate:
        own_rng = np.random.default_rng([world.seed, part, 11])
        moved = 0.3 if part == 2 and world.shift else 0.0
        frame["constant"] = np.where(own_rng.random(place.size) < moved, 6.0, 5.0)
        frame["sparse"] = np.where(own_rng.random(place.size) < 0.95, 0.0, own_rng.lognormal(size=place.size).round(4))
    days = (part * world.periods + period) * STEP[world.time]
    frame["date"] = (START + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d")
    return frame


def _uneven(mixed: np.ndarray) -> np.ndarray:
    """Return skewed and bounded numbers in place of normal ones."""
    out = mixed.copy()
    out[:, :3], out[:, 3:5] = np.exp(0.6 * mixed[:, :3]), np.tanh(mixed[:, 3:5])
    out[:, 5] = np.floor(np.abs(mixed[:, 5]) * 3)
    return out


def _signal(world: World, frame: pd.DataFrame) -> np.ndarray:
    """Return the mean of the outcome, or its log-odds, by the old relation."""
    x = frame[list(NUMBERS)].to_numpy()
    kind = frame["kind"].map(dict(zip(KINDS, (0.0, 0.5, 1.0, -1.0), strict=True))).to_numpy(float)
    if world.generator == "smooth":
        made = x[:, 0] + 0.7 * x[:, 1] + 0.5 * x[:, 0] * x[:, 1] + 0.8 * np.sin(2 * x[:, 2]) + 0.4 * x[:, 3] + kind
    else:
        made = 1.2 * np.log1p(np.clip(x[:, 0], 0, None)) + 0.9 * (x[:, 1] > 1.2) * (frame["place"] != "port")
        made = made + 0.8 * (x[:, 3] > 0) * np.sign(x[:, 4]) + 0.2 * np.minimum(x[:, 5], 4) + kind - 1.2
    log_odds_or_mean: np.ndarray = 60.0 + 6.0 * made if world.task == "regression" else 0.8 * made - 1.2
    return log_odds_or_mean


def _turn(world: World, frame: pd.DataFrame) -> np.ndarray:
    """Return what the new relation adds to the old one."""
    size = (5.0 if world.task == "regression" else 0.9) * world.relation
    x = frame["x3"].to_numpy()
    return size * (0.6 + 0.8 * (x if world.generator == "smooth" else np.sign(x)))


def _luck(world: World, rng: np.random.Generator, own: np.ndarray, names: np.ndarray, frame: pd.DataFrame):
    """Return each row's noise, a fifth of its variance the entity's own, and the shock of its period."""
    place = np.searchsorted(names, frame["entity"].to_numpy())
    noise = np.sqrt(0.2) * own[place, -1] + np.sqrt(0.8) * rng.normal(size=len(frame))
    shock = rng.normal(size=world.periods)[frame["period"]] * world.period_sd
    return noise, shock


def _outcomes(world: World, frame: pd.DataFrame, signal: np.ndarray, noise: np.ndarray, shock: np.ndarray):
    x = frame["x0"].to_numpy()
    spread = np.exp(0.2 * x) if world.generator == "smooth" else 0.8 + 0.15 * np.clip(x, 0, None)
    if world.task == "regression":
        return (signal + NOISE * (spread * noise + shock)).round(4)
    from scipy.stats import norm

    return (norm.cdf(noise) < 1.0 / (1.0 + np.exp(-(signal + shock)))).astype(int)
