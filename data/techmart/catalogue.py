"""TechMart's fixed world: the features, the levels, and the 525 products with what stays with each of them."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Texts: TypeAlias = npt.NDArray[np.object_]

HERE = Path(__file__).parent
CATALOGUE_SEED = 75
PRODUCTS, NEW_PRODUCTS, RESOURCED_PRODUCTS = 500, 25, 15

TYPICAL_PRICE: dict[str, float] = {
    "accessories": 30.0,
    "storage": 58,
    "networking": 72,
    "audio": 95,
    "gaming": 112,
    "wearables": 124,
    "appliances": 142,
    "monitors": 168,
    "cameras": 186,
    "phones": 205,
}
LEVELS: dict[str, tuple[str, ...]] = {
    "category": tuple(TYPICAL_PRICE),
    "brand": (
        "Aurel",
        "Birkson",
        "Calder",
        "Dantec",
        "Elvar",
        "Fjord",
        "Graylin",
        "Helio",
        "Ironleaf",
        "Juno",
        "Kestrel",
        "Lumen",
        "Morrow",
        "Novatek",
        "Orbis",
        "Pineforge",
        "Quanta",
        "Rivo",
        "Solace",
        "Tarn",
    ),
    "supplier_region": (
        "east_asia",
        "southeast_asia",
        "south_asia",
        "north_america",
        "latin_america",
        "west_europe",
        "east_europe",
    ),
    "warehouse": ("ATL", "DFW", "LAX", "ORD", "PHX", "SEA"),
    "sales_channel": ("web", "app", "store", "partner"),
    "packaging": ("blister", "sleeve", "bag", "crate", "box"),
    "season": ("all_year", "spring_summer", "autumn_winter", "holiday"),
    "return_policy": ("30_days", "60_days", "90_days", "no_return"),
    "shipping_class": ("letter", "parcel", "bulky", "fragile"),
    "supplier_tier": ("A", "B", "C"),
    "promotion_type": ("none", "discount", "bundle", "loyalty", "clearance"),
}
LEVEL_EFFECT_SD = {"category": 9.0, "brand": 5.0, "supplier_region": 2.0}  # US dollars; 1.2 elsewhere
UNSEEN = {"brand": ("Zenvolt", 15), "category": ("smart_home", 10), "supplier_region": ("north_africa", 12)}
UNSEEN_EFFECT = 1.0  # US dollars
SLICE = {"category": "audio", "supplier_region": "southeast_asia"}  # every fifth audio product is put there


@dataclass(frozen=True, kw_only=True)
class Numeric:
    """A row of `features.csv`: how a numeric feature is made and lost, and what it does to the price."""

    name: str
    family: str  # the shape of its distribution
    group: str  # features of one group are correlated
    source: str
    mean: float  # for the family `level`, a share of the product's typical price; then sd is of its logarithm
    sd: float
    low: float
    high: float
    product: float  # share of its variance that stays with the product
    effect: float  # US dollars per standard deviation; for the family `level`, dollars per dollar
    missing: float
    missing_production: float


def read_features() -> dict[str, Numeric]:
    """The numeric features by name."""
    table = pd.read_csv(HERE / "features.csv").to_dict("records")
    return {row["name"]: Numeric(**{str(key): value for key, value in row.items()}) for row in table}


NUMERIC_FEATURES = read_features()
NUMERIC, CATEGORICAL = tuple(NUMERIC_FEATURES), tuple(LEVELS)
FEATURES = [*NUMERIC, *CATEGORICAL]
GROUPS, GROUP_OF = np.unique([feature.group for feature in NUMERIC_FEATURES.values()], return_inverse=True)


def numbers(column: str) -> Floats:
    """One field of all numeric features."""
    return np.array([getattr(feature, column) for feature in NUMERIC_FEATURES.values()], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What stays with a product: its levels, its typical price, its part of each feature and of the error."""

    levels: pd.DataFrame
    typical_price: Floats
    latent: Floats  # products x numeric features
    error: Floats


@functools.cache
def catalogue() -> Catalogue:
    """The 525 products: 500 of training, then the 25 that join in production."""
    rng = np.random.default_rng(CATALOGUE_SEED)
    n = PRODUCTS + NEW_PRODUCTS
    levels = pd.DataFrame({name: pick(rng, choices, n) for name, choices in LEVELS.items()}, dtype=object)
    common = 0.35 * rng.standard_normal((n, 1)) + np.sqrt(1 - 0.35**2) * rng.standard_normal((n, len(GROUPS)))
    latent = 0.8 * common[:, GROUP_OF] + 0.6 * rng.standard_normal((n, len(NUMERIC)))
    spread = np.exp(0.28 * np.clip(rng.standard_normal(n), -2.2, 2.2))
    typical = np.array([TYPICAL_PRICE[category] for category in levels["category"]]) * spread
    error = rng.standard_normal(n)
    category, region = SLICE.values()
    levels.loc[levels.index[levels["category"] == category][::5], "supplier_region"] = region
    for column, (level, count) in UNSEEN.items():
        levels.loc[PRODUCTS + rng.permutation(NEW_PRODUCTS)[:count], column] = level
    return Catalogue(levels=levels, typical_price=typical, latent=latent, error=error)


def pick(rng: np.random.Generator, choices: tuple[str, ...], n: int, shares: tuple[float, ...] | None = None) -> Texts:
    """Levels with unequal shares, drawn if not given; every level then gets at least 30 % of the average share."""
    drawn = 0.3 + rng.exponential(0.7, len(choices))
    weight = drawn if shares is None else np.array(shares)
    return np.array(choices, dtype=object)[rng.choice(len(choices), n, p=weight / weight.sum())]


@functools.cache
def level_effects() -> dict[str, dict[str, float]]:
    """US dollars that each level of a categorical feature adds to the price."""
    rng = np.random.default_rng(CATALOGUE_SEED + 3)
    effects: dict[str, dict[str, float]] = {}
    for column, levels in LEVELS.items():
        draw = rng.standard_normal(len(levels))
        scaled = LEVEL_EFFECT_SD.get(column, 1.2) * (draw - draw.mean()) / draw.std()
        effects[column] = dict(zip(levels, scaled.tolist(), strict=True))
    for column, (level, _) in UNSEEN.items():
        effects[column][level] = UNSEEN_EFFECT
    return effects


def expected_price(real: pd.DataFrame, levels: pd.DataFrame, change: Floats | None = None) -> Floats:
    """The linear relation that the model learns; `change` adds to the effect of each numeric feature, row by row."""
    is_level = np.array([feature.family == "level" for feature in NUMERIC_FEATURES.values()])
    values: Floats = real.to_numpy(np.float64)
    standard = (values - numbers("mean")) / numbers("sd")
    effect = numbers("effect")
    price: Floats = 12 + values @ np.where(is_level, effect, 0.0) + standard @ np.where(is_level, 0.0, effect)
    for column, effects in level_effects().items():
        price += levels[column].map(effects).to_numpy(np.float64)
    if change is not None:
        price += np.where(is_level, 0.0, np.clip(standard, -3, 3) * change).sum(axis=1)
    return price
