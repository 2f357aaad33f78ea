"""How large a change has to be before it matters: one default for each kind of metric, the README's table."""

import math

ERROR, LEAD = 0.05, 0.1
"""Share by which an error has to change; of a probability's error the share of its lead over the base rate.

Half a Brier score is the cost of deciding by the probabilities, averaged over all ratios of the two mistakes' costs
(Schervish 1989), so the lead over the base rate is what the scores are worth to a team whose costs are not known, and
a tenth of the lead a tenth of that worth. With 5,000 independent rows on either side two standard errors of a change
are 11 % of the lead at a base rate of 50 %, 18 % at one of 10 %, both at an AUC of 0.8: less is hardly ever told from
chance, and of more a reader would want to know.
"""
RANK = 0.02
"""Difference of AUC, of average precision, and of shares of right decisions."""
LEVEL_POINTS, LEVEL_SHARE = 0.02, 0.2
"""The level of probabilities: points, and share of the rate, of which the smaller counts."""
SLOPE = 0.1
"""Distance of the slope of calibration from one."""


def level(rate: float) -> float:
    """Return by how much a mean probability may differ from the share of positives `rate`."""
    return min(LEVEL_POINTS, LEVEL_SHARE * min(rate, 1.0 - rate))


def of_brier(brier: float, rate: float) -> float:
    """Return the difference of the probabilities' error that matters: a share of its lead over the base rate's own."""
    return LEAD * max(rate * (1.0 - rate) - brier, 0.0)


def of_metric(metric: str, before: float, rate: float = math.nan) -> float:
    """Return the absolute difference of a metric that matters, from its value before; nan where there is no margin."""
    if metric == "brier" and math.isfinite(rate):
        return of_brier(before, rate)
    if metric in ("auc", "average_precision", "accuracy", "r2") or metric.startswith("precision_at"):
        return RANK
    if metric == "base_rate":
        return level(before)
    return ERROR * abs(before) if metric != "bias" else math.nan
