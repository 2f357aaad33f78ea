"""How production departs from training: the planted changes and the switches that turn them on and off."""

from dataclasses import asdict, dataclass, replace

DEGRADED_CATEGORY, DEGRADED_BRAND = "cameras", "Solace"
PREMIUM_FROM = 181.8  # of list_price_msrp: the third quartile in training
MISSING_DAY, RESOURCED_DAY, SLICE_DAY = 7, 10, 17  # days since the start of production
CATEGORY_CHANGE, BRAND_CHANGE = -4.6, -3.6  # US dollars, mean over the month
SLICE_CHANGE = -11.5  # US dollars from SLICE_DAY on
PREMIUM_SCATTER = 0.255  # of the error's variance, mean over the month
DECAY = 0.03  # US dollars per standard deviation of a feature, mean over the month
REVISION = 0.34  # the same, between the previous model's rows and today's


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A planted change of one feature: `mean` and `sd` are relative changes over the month."""

    shape: str  # skew: there from day one; step: from `day` on; trend: grows from nothing
    mean: float = 0.0
    sd: float = 0.0
    day: int = 0
    follows: float = 0.0  # the part of it that the true price follows; the rest misleads the model


DRIFTS: dict[str, Drift] = {
    "price_competitor_avg": Drift(shape="trend", mean=0.38, follows=0.8),
    "review_count": Drift(shape="step", mean=-0.543, day=8),
    "page_views_7d": Drift(shape="skew", mean=0.44),
    "ad_spend_7d": Drift(shape="skew", mean=0.55),
    "search_volume_index": Drift(shape="skew", mean=-0.34, follows=1.0),
    "promo_spend": Drift(shape="step", mean=0.62, day=14, follows=1.0),
    "shipping_cost": Drift(shape="step", mean=0.29, day=6, follows=1.0),
    "competitor_count": Drift(shape="step", mean=0.31, day=11),
    "lead_time_days": Drift(shape="step", mean=0.33, day=5, follows=1.0),
    "stock_on_hand": Drift(shape="trend", mean=-0.37),
    "days_of_supply": Drift(shape="trend", mean=-0.32, follows=1.0),
    "return_count_30d": Drift(shape="trend", mean=0.46),
    "fuel_surcharge": Drift(shape="trend", mean=0.23, follows=1.0),
    "cart_adds_7d": Drift(shape="skew", mean=0.22),
    "wishlist_adds_7d": Drift(shape="step", mean=-0.23, day=9),
    "conversion_rate": Drift(shape="skew", sd=0.42),
    "price_elasticity_est": Drift(shape="skew", sd=0.5),
    "demand_volatility": Drift(shape="step", sd=0.45, day=5),
}

SCRAMBLED = {"units_sold_30d": 0.7, "volume_l": 0.6, "sentiment_score": 0.7, "reorder_point": 0.7}
"""Features of which a share of the products gets another product's values."""

DAILY = {
    "promotion_type": (0.5, (0.2576, 0.1523, 0.2367, 0.2739, 0.0794)),
    "sales_channel": (0.3, (0.2397, 0.0959, 0.1091, 0.5553)),
}
"""Share of the rows whose level is that of the day, not of the product, and the levels' shares in training."""

PAIRS = (
    ("units_sold_7d", "units_sold_30d"),
    ("demand_forecast_30d", "units_sold_30d"),
    ("weight_kg", "volume_l"),
    ("rating_avg", "sentiment_score"),
    ("stock_on_hand", "reorder_point"),
)
"""Pairs whose correlation goes with SCRAMBLED; there are more, in the same groups of features."""


@dataclass(frozen=True, kw_only=True)
class Shifts:
    """How far production departs from training. Zero switches a shift off, one is the planted size."""

    drift: float = 1.0  # of the features in DRIFTS
    missing: float = 1.0  # from the training to the production rates
    correlation: float = 1.0  # share of the products in SCRAMBLED
    mix: bool = True  # promotions and channels have shares of this window's own; else those of training, DAILY
    new_products: bool = True  # 25 products are replaced by new ones, some of unseen brand, category or region
    resourced: bool = True  # 15 old products move to the unseen region on RESOURCED_DAY
    decay: float = 1.0  # the relation of price and features changes everywhere, growing over the month
    category: float = 1.0  # a price war in DEGRADED_CATEGORY
    brand: float = 1.0  # DEGRADED_BRAND is sold off
    premium: float = 1.0  # products listed above PREMIUM_FROM scatter more
    slice: float = 1.0  # the prices of SLICE fall on SLICE_DAY

    @classmethod
    def none(cls) -> "Shifts":
        """The healthy process: production is what training and validation were."""
        return cls(**{name: type(value)(0) for name, value in asdict(cls()).items()})


ALL_SHIFTS, NO_SHIFTS = Shifts(), Shifts.none()
BEFORE = replace(NO_SHIFTS, mix=True)
"""Of the windows before production: each has its own mix of promotions and channels."""
