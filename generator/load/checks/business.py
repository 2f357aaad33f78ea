"""Settings → estimates and costs of the business case whose ranges cannot be meant."""

from collections.abc import Iterator

from generator.load.complaint import Complaint, Path
from generator.records.project import Cost, RangedAmount, Settings

SHARES = ("contribution_margin", "attributable")


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every range that does not hold its value, or that its shape does not allow."""
    business = settings.business
    for key in ("effect", "volume_per_month", "value_per_unit", *SHARES):
        estimate: RangedAmount | None = getattr(business, key)
        if estimate is not None:
            path = ("business", key)
            yield from _range(path, estimate.value, estimate.low, estimate.high, "value")
            yield from _shape(path, estimate)
            if key in SHARES:
                yield from _share(path, estimate)
    for number, cost in enumerate(business.costs):
        yield from _cost(("business", "costs", number), cost)


def _range(path: Path, value: float, low: float | None, high: float | None, name: str) -> Iterator[Complaint]:
    if (low is None) != (high is None):
        given, lacking = ("low", "high") if high is None else ("high", "low")
        yield Complaint((*path, given), f"stands without `{lacking}`", "declare both, or neither")
    elif low is not None and high is not None and not low <= value <= high:
        yield Complaint((*path, name), f"is {value:g}, outside `low` {low:g} to `high` {high:g}", "correct the range")


def _shape(path: Path, estimate: RangedAmount) -> Iterator[Complaint]:
    if estimate.shape == "lognormal" and estimate.low is not None and estimate.low <= 0:
        yield Complaint(
            (*path, "low"),
            f"is {estimate.low:g}, but a lognormal amount is above zero",
            "write a positive number, or another shape",
        )


def _share(path: Path, estimate: RangedAmount) -> Iterator[Complaint]:
    for key in ("value", "low", "high"):
        share = getattr(estimate, key)
        if share is not None and not 0 <= share <= 1:
            yield Complaint((*path, key), f"is {share:g}, which is no share between 0 and 1", "write 0.25 for 25 %")


def _cost(path: Path, cost: Cost) -> Iterator[Complaint]:
    amounts = [key for key in ("once", "per_year") if getattr(cost, key) is not None]
    if len(amounts) == 2 and cost.low is not None:
        yield Complaint((*path, "low"), "is the range of one amount, but two are declared", "make two costs of it")
    elif amounts:
        yield from _range(path, getattr(cost, amounts[0]), cost.low, cost.high, amounts[0])
    if cost.low is not None and cost.low <= 0:
        yield Complaint((*path, "low"), f"is {cost.low:g}", "write an amount above zero")
    worked_out = cost.kind == "retraining" or (cost.kind == "false alarms" and cost.each is not None)
    if not amounts and not worked_out:
        yield Complaint((*path, "name"), f"({cost.name[:80]}) has no amount", "declare `once` or `per_year`")
