"""A window of days, a random generator and shifts → the table a team would see, one row per product and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from data.techmart.catalogue import (
    CATALOGUE_SEED,
    CATEGORICAL,
    GROUP_OF,
    GROUPS,
    LEVELS,
    NEW_PRODUCTS,
    NUMERIC,
    NUMERIC_FEATURES,
    PRODUCTS,
    RESOURCED_PRODUCTS,
    SLICE,
    UNSEEN,
    Floats,
    Numeric,
    catalogue,
    expected_price,
    numbers,
    pick,
)
from data.techmart.shifts import (
    BEFORE,
    BRAND_CHANGE,
    CATEGORY_CHANGE,
    DAILY,
    DECAY,
    DEGRADED_BRAND,
    DEGRADED_CATEGORY,
    DRIFTS,
    MISSING_DAY,
    PREMIUM_FROM,
    PREMIUM_SCATTER,
    RESOURCED_DAY,
    REVISION,
    SCRAMBLED,
    SLICE_CHANGE,
    SLICE_DAY,
    Shifts,
)

Indices: TypeAlias = npt.NDArray[np.intp]

NOISE_SCALE = 0.9844  # what `noise_scale()` finds: the validation RMSE is $8.20
LOWEST_PRICE, HIGHEST_PRICE = 10.0, 500.0
CATEGORICAL_MISSING = {"category": (0.0, 0.0), "brand": (0.005, 0.02), "supplier_region": (0.01, 0.05)}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One row per product and day, sorted by day: indices into the catalogue and into the days."""

    product: Indices
    day: Indices
    dates: pd.DatetimeIndex

    @property
    def n_days(self) -> int:
        """Days of the window."""
        return len(self.dates)

    def profile(self, shape: str, day: int = 0) -> Floats:
        """A shape over the days, with mean one, for each row."""
        days = np.arange(self.n_days, dtype=np.float64)
        curves = {
            "skew": days * 0 + 1,
            "step": (days >= day) * 1.0,
            "trend": days + 0.5,
            "late": (days + 0.5) ** 2,
        }
        curve: Floats = curves[shape] / curves[shape].mean()
        return curve[self.day]

    def weekend(self) -> npt.NDArray[np.bool_]:
        """Whether a row is of a Saturday or a Sunday."""
        return np.asarray(self.dates.day_of_week >= 5)[self.day]


def panel(window: tuple[str, int], new_products: bool) -> Panel:
    """The same 500 products on every day of the window."""
    kept = np.arange(PRODUCTS)
    if new_products:
        retired = np.random.default_rng(CATALOGUE_SEED + 1).permutation(PRODUCTS)[:NEW_PRODUCTS]
        kept = np.append(np.setdiff1d(kept, retired), PRODUCTS + np.arange(NEW_PRODUCTS))
    start, days = window
    return Panel(
        product=np.tile(kept, days),
        day=np.repeat(np.arange(days), len(kept)),
        dates=pd.date_range(start, periods=days),
    )


def rows(
    window: tuple[str, int],
    rng: np.random.Generator,
    shifts: Shifts = BEFORE,
    *,
    revision: float = 0.0,
    scale: float = NOISE_SCALE,
) -> pd.DataFrame:
    """The columns date, product_id, the 75 features and price."""
    where = panel(window, shifts.new_products)
    z = latent(where, rng)
    before = numeric(where, scrambled(where, z, shifts))
    seen = drifted(before, where, shifts, seen=True)
    real = drifted(before, where, shifts, seen=False)
    levels = levels_of(where, rng, shifts)
    noise = scale * errors(where, expected_price(real, levels), rng)
    price = moved_price(where, real, levels, shifts, revision) + noise * scatter(where, real, shifts)
    table = pd.concat([rounded(seen), levels], axis=1)
    table = table.mask(missing(where, levels, z, rng, shifts))
    table.insert(0, "product_id", [f"P{product + 1:04d}" for product in where.product])
    table.insert(0, "date", where.dates.strftime("%Y-%m-%d").to_numpy()[where.day])
    table["price"] = np.clip(price, LOWEST_PRICE, HIGHEST_PRICE).round(2)
    return table


def latent(where: Panel, rng: np.random.Generator) -> Floats:
    """Standard normal values behind the numeric features: part product, part row, a week's cycle, a day's shock."""
    n = len(where.product)
    row = 0.6 * rng.standard_normal((n, len(GROUPS)))[:, GROUP_OF] + 0.8 * rng.standard_normal((n, len(NUMERIC)))
    shock = 0.04 * rng.standard_normal((where.n_days, len(GROUPS)))[where.day][:, GROUP_OF]
    cycle = np.array([{"demand": 0.35, "promo": 0.2}.get(group, 0.0) for group in GROUPS])[GROUP_OF]
    moving = row + shock + np.where(where.weekend(), 1.0, -0.4)[:, None] * cycle
    share = numbers("product")
    return np.asarray(np.sqrt(share) * catalogue().latent[where.product] + np.sqrt(1 - share) * moving)


def scrambled(where: Panel, z: Floats, shifts: Shifts) -> Floats:
    """Some products get another product's values: the distribution stays, the correlations go."""
    if not shifts.correlation:
        return z
    by_day = z.reshape(where.n_days, -1, z.shape[1]).copy()
    for feature, share in SCRAMBLED.items():
        column, swapped = NUMERIC.index(feature), int(share * shifts.correlation * by_day.shape[1])
        by_day[:, :swapped, column] = np.roll(by_day[:, :swapped, column], 1, axis=1)
    return by_day.reshape(z.shape)


def numeric(where: Panel, z: Floats) -> pd.DataFrame:
    """The numeric features before any drift."""
    typical = catalogue().typical_price[where.product]
    columns = {}
    for column, feature in enumerate(NUMERIC_FEATURES.values()):
        scale = feature.mean * typical if feature.family == "level" else np.ones(1)
        columns[feature.name] = bounded(feature, scale * shaped(z[:, column], feature))
    return pd.DataFrame(columns)


def bounded(feature: Numeric, values: Floats) -> Floats:
    """The values a feature can have."""
    return np.clip(values, feature.low, feature.high)


def shaped(z: Floats, feature: Numeric) -> Floats:
    """Standard normal values to a feature's family, with about its mean and standard deviation."""
    family, mean, sd = feature.family, feature.mean, feature.sd
    if family == "level":
        return np.asarray(np.exp(sd * z - sd * sd / 2))
    if family == "zero":  # more than half zeros; the rest lognormal
        share = 0.45
        rank = np.clip(1 - norm.sf(z) / share, 1e-9, 1 - 1e-9)
        positive = lognormal(norm.ppf(rank), mean / share, 0.8 * mean / share)
        return np.where(z > norm.ppf(1 - share), positive, 0.0)
    if family in ("lognormal", "count"):
        return lognormal(z, mean, sd)
    return mean + sd * z


def lognormal(z: Floats, mean: float, sd: float) -> Floats:
    """Standard normal values to lognormal ones with this mean and standard deviation."""
    variance = np.log1p((sd / mean) ** 2)
    return np.asarray(mean * np.exp(np.sqrt(variance) * z - variance / 2))


def drifted(before: pd.DataFrame, where: Panel, shifts: Shifts, *, seen: bool) -> pd.DataFrame:
    """The features as the model sees them, or as far as the true price follows them.

    Wide features are scaled, narrow ones moved, so that their spread within a day stays.
    """
    changed = {}
    for name, drift in DRIFTS.items() if shifts.drift else ():
        feature = NUMERIC_FEATURES[name]
        profile = shifts.drift * where.profile(drift.shape, drift.day) * (1.0 if seen else drift.follows)
        wide = feature.family == "level" or feature.sd > 0.4 * abs(feature.mean)
        old: Floats = before[name].to_numpy(np.float64)
        value = old + drift.mean * profile * (old if wide else feature.mean)
        changed[name] = bounded(feature, value + drift.sd * profile * (value - feature.mean))
    return before.assign(**changed)


def levels_of(where: Panel, rng: np.random.Generator, shifts: Shifts) -> pd.DataFrame:
    """The categorical features; promotions and channels change from day to day."""
    table = catalogue().levels.iloc[where.product].reset_index(drop=True)
    moves = rng.random(len(table))
    for column, (share, usual) in DAILY.items():
        drawn = pick(rng, LEVELS[column], int((moves < share).sum()), None if shifts.mix else usual)
        table.loc[moves < share, column] = drawn
    if shifts.resourced:
        moved = np.random.default_rng(CATALOGUE_SEED + 2).permutation(PRODUCTS)[:RESOURCED_PRODUCTS]
        late = (where.day >= RESOURCED_DAY) & np.isin(where.product, moved)
        table.loc[late, "supplier_region"] = UNSEEN["supplier_region"][0]
    return table


def moved_price(where: Panel, real: pd.DataFrame, levels: pd.DataFrame, shifts: Shifts, revision: float) -> Floats:
    """The expected price after every change of the relation."""
    decay, revised = np.random.default_rng(CATALOGUE_SEED + 4).standard_normal((2, len(NUMERIC)))
    trend, late = where.profile("trend"), where.profile("late")
    change = DECAY * shifts.decay * trend[:, None] * decay + REVISION * revision * revised
    in_slice = (levels[list(SLICE)] == list(SLICE.values())).all(axis=1).to_numpy() & (where.day >= SLICE_DAY)
    moved = shifts.category * CATEGORY_CHANGE * late * (levels["category"] == DEGRADED_CATEGORY).to_numpy()
    moved += shifts.brand * BRAND_CHANGE * late * (levels["brand"] == DEGRADED_BRAND).to_numpy()
    moved += shifts.slice * SLICE_CHANGE * in_slice
    return expected_price(real, levels, change) + moved


def scatter(where: Panel, real: pd.DataFrame, shifts: Shifts) -> Floats:
    """The factor by which errors grow among premium products."""
    premium = real["list_price_msrp"].to_numpy(np.float64) > PREMIUM_FROM
    return np.asarray(np.sqrt(1 + shifts.premium * PREMIUM_SCATTER * where.profile("late") * premium))


def errors(where: Panel, expected: Floats, rng: np.random.Generator) -> Floats:
    """Larger for dear products; nearly a third of the variance stays with the product."""
    size = 0.74 + 0.26 * np.clip(expected, 0, 300) / 120
    row = rng.standard_t(8, len(expected)) / np.sqrt(8 / 6)
    row *= np.where(rng.random(len(expected)) < 0.008, 2.6, 0.98)  # now and then a price is set by hand
    day = rng.standard_normal(where.n_days)[where.day]
    return np.asarray(8 * size * (0.55 * catalogue().error[where.product] + 0.835 * row + 0.035 * day))


def missing(where: Panel, levels: pd.DataFrame, z: Floats, rng: np.random.Generator, shifts: Shifts) -> pd.DataFrame:
    """Cells that are lost: more where traffic is low, at weekends, and from two supplier regions."""
    quiet = np.exp(-0.5 * z[:, NUMERIC.index("page_views_7d")])
    remote = 1 + 1.5 * levels["supplier_region"].isin(["south_asia", "latin_america"]).to_numpy()
    weight = {
        "api": quiet * (1 + 0.5 * where.weekend()),
        "database": remote,
        "computed": np.sqrt(quiet) * remote,
    }
    growth = {
        "api": where.profile("trend"),
        "database": where.profile("step", MISSING_DAY),
        "computed": where.profile("trend"),
    }
    block = {source: rng.standard_normal(len(z)) for source in weight}
    lost = {}
    for name, source, low, high in missing_rates():
        rate = low + shifts.missing * (high - low) * growth[source]
        probability = np.clip(rate * weight[source] / weight[source].mean(), 0, 0.9)
        lost[name] = norm.cdf(0.3 * block[source] + np.sqrt(0.91) * rng.standard_normal(len(z))) < probability
    return pd.DataFrame(lost)


def missing_rates() -> Iterator[tuple[str, str, float, float]]:
    """Feature, source, rate in training and in production."""
    for feature in NUMERIC_FEATURES.values():
        yield feature.name, feature.source, feature.missing, feature.missing_production
    for name in CATEGORICAL:
        yield name, "database", *CATEGORICAL_MISSING.get(name, (0.02, 0.12))


def rounded(seen: pd.DataFrame) -> pd.DataFrame:
    """Counts to whole numbers, money to cents, the rest to about a hundredth of a standard deviation."""
    places = {}
    for name, feature in NUMERIC_FEATURES.items():
        whole = feature.family in ("count", "months") or (feature.family == "zero" and feature.sd > 1)
        fine = 2 if feature.family == "level" else int(np.ceil(2 - np.log10(feature.sd)))
        places[name] = 0 if whole else fine
    return seen.round(places)
