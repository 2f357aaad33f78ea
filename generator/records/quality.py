"""Metrics of how good a model is: what each is called, in which unit it is, and which way is better."""

from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher", "zero", "neither"]
TARGET = "of the target"
BEST = 1.0
"""The best value of every metric of which more is better: R², AUC, and shares."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """A metric's title, how a sentence calls it, its unit (`of the target` for that one) and which way is better."""

    title: str
    name: str
    unit: str = ""
    better: Better = "lower"

    @property
    def floor(self) -> bool:
        """Return whether a limit on this metric is the least that passes."""
        return self.better == "higher"

    def beyond(self, value: float, bound: float) -> bool:
        """Return whether `value` lies on the worse side of `bound`."""
        return value < bound if self.floor else self.size(value) > bound

    def size(self, value: float) -> float:
        """Return what is held against a bound: the absolute value where either direction is worse."""
        return abs(value) if self.better == "zero" else value

    def room(self, value: float, bound: float) -> float:
        """Return how far `value` stays from `bound`, positive on the good side."""
        return value - bound if self.floor else bound - self.size(value)

    def tightened(self, bound: float, share: float) -> float:
        """Return `bound` once what it tolerates, its distance from the best there is, shrinks by `share`."""
        best = BEST if self.floor else 0.0
        return best + (bound - best) * (1.0 - share)


REGRESSION: dict[str, Quality] = {
    "rmse": Quality(title="Typical error (RMSE)", name="RMSE", unit=TARGET),
    "mae": Quality(title="Mean absolute error", name="MAE", unit=TARGET),
    "median_ae": Quality(title="Median absolute error", name="MEDIAN_AE", unit=TARGET),
    "wape": Quality(title="Absolute error as a share of the target", name="WAPE", unit="share"),
    "r2": Quality(title="Share of variance explained (R²)", name="R2", better="higher"),
}
BOTH: dict[str, Quality] = {"bias": Quality(title="Mean error (bias)", name="BIAS", unit=TARGET, better="zero")}
BINARY: dict[str, Quality] = {
    "brier": Quality(title="Error of the probabilities (Brier)", name="error of the probabilities"),
    "log_loss": Quality(title="Logarithmic loss", name="logarithmic loss"),
    "auc": Quality(title="Ranking: a positive before a negative (AUC)", name="ranking quality", better="higher"),
    "average_precision": Quality(
        title="Ranking: positives at the top (average precision)", name="precision down the ranking", better="higher"
    ),
    "accuracy": Quality(
        title="Right decisions (accuracy)", name="share of right decisions", unit="share", better="higher"
    ),
    "in_the_large": Quality(
        title="Mean probability less share of positives",
        name="level of the probabilities",
        unit="points",
        better="zero",
    ),
    "precision_at": Quality(
        title="Positives among the highest", name="share of positives among the highest", unit="share", better="higher"
    ),
    "base_rate": Quality(
        title="Share of positives (base rate)", name="share of positives", unit="share", better="neither"
    ),
}
QUALITIES: dict[str, Quality] = {**REGRESSION, **BOTH, **BINARY}


def top_name(share: float) -> str:
    """Return the name in fact ids of the share of positives among the highest `share` of the scores."""
    return f"precision_at_{percent(share).replace('.', '_')}"


def percent(share: float) -> str:
    """Return a share as the number of its percent, such as 20 or 2.5."""
    return f"{share * 100:g}"


def quality(name: str) -> Quality:
    """Return what is known of a metric by its name in fact ids."""
    if name in QUALITIES:
        return QUALITIES[name]
    if name.startswith("precision_at_"):
        share = name.removeprefix("precision_at_").replace("_", ".")
        own = QUALITIES["precision_at"]
        return Quality(title=f"{own.title} {share} %", name=f"{own.name} {share} %", unit="share", better="higher")
    return Quality(title=name, name=name)


def unit_of(name: str, target: str) -> str:
    """Return the unit of a metric; `target` is that of the target."""
    unit = quality(name).unit
    return target if unit == TARGET else unit
