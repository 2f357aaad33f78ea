"""Takes the drift of all features and their facts, gives the counts and what stands for all of them."""

from collections.abc import Iterator

import numpy as np

from generator.estimates.feature_moments import RATIO_SCALE
from generator.estimates.features import TOO_FEW, counted, measured
from generator.records.fact import Fact
from generator.records.reason import UNDECLARED, lacking
from generator.results.words import quantities
from generator.subjects.drift._facts import FeatureFacts
from generator.subjects.drift._impact import LOSS, MARGIN
from generator.subjects.drift._severity import Drift

QUANTITY = quantities(__file__)

ADDED, MOVED = "sum of coefficient × shift", "difference of the mean predictions themselves"


def count_facts(drift: Drift, facts: FeatureFacts) -> Iterator[Fact]:
    """Yield how many features drifted, by the statistics and by the policy, the largest and the mean change."""
    tested = int(np.isfinite(drift.p).sum())
    yield counted(QUANTITY("drift.count.features"), len(drift.names))
    yield counted(QUANTITY("drift.count.tested"), tested)
    words = "effect over its margin with its lower bound, 5 % false discoveries"
    at_least = (
        ("watch", "Features to watch: drift not confirmed", [1], "effect over its margin, not confirmed"),
        ("confirmed", "Features with confirmed drift, severe ones included", [2, 3], words),
        ("severe", "Features with severe drift", [3], f"{words}, at 2.5 times the margin"),
    )
    untested = "" if tested else TOO_FEW if drift.groups.count == 0 else "no feature has rows enough to be tested"
    for key, label, levels, method in at_least:
        yield counted(
            f"drift.count.{key}",
            int(np.isin(drift.grades, levels).sum()),
            label=label,
            method=method,
            reason="" if key == "watch" else untested,
        )
    yield from _declared_counts(drift)
    shift, groups = drift.shift, drift.groups
    average, half = float(shift.mean_abs_change.value), groups.quantile(0.975) * float(shift.mean_abs_change.se)
    yield measured(
        QUANTITY("drift.mean_abs_change"),
        average,
        method=groups.method,
        low=max(0.0, average - half),
        high=average + half,
    )
    yield from _largest(drift, facts)
    impact = drift.impact
    method = ADDED if facts.felt == facts.unit and not impact.asked else MOVED
    yield measured(
        QUANTITY("drift.impact.margin"),
        impact.margin,
        unit=facts.felt,
        reason=impact.reason or "not computable: a value is missing",
        method=f"{MARGIN:.0%} of the SD of predictions in training, at most what raises validation RMSE by {LOSS:.0%}",
    )
    yield measured(
        QUANTITY("drift.impact.total", method=method, groups=groups.method),
        float(impact.total.value),
        unit=facts.unit,
        half=groups.quantile(0.975) * float(impact.total.se),
        reason=impact.reason or "not computable: a value is missing",
    )


def _declared_counts(drift: Drift) -> Iterator[Fact]:
    policy = drift.policy
    limits = (policy.severe_mean_change, policy.severe_sd_change, policy.critical_mean_change)
    severe = None if all(limit is None for limit in limits) else drift.declared.count("severe")
    yield counted(
        QUANTITY("drift.count.declared_severe"),
        severe,
        reason="" if severe is not None else lacking(UNDECLARED, "policies.drift"),
    )


def _largest(drift: Drift, facts: FeatureFacts) -> Iterator[Fact]:
    """Yield the feature whose mean changed most, among those whose mean is not close to zero."""
    shift = drift.shift
    size = np.abs(shift.mean_change.value)
    size = np.where((np.abs(shift.mean0) >= RATIO_SCALE * shift.sd0) & np.isfinite(size), size, -1.0)
    index = int(np.argmax(size)) if size.size else -1
    found = index >= 0 and size[index] >= 0
    why = "" if found else "not computable: no feature has a mean change"
    method = "largest |change of the mean| among features whose mean is at least half an SD from zero"
    yield counted(
        QUANTITY("drift.largest.name"), drift.names[index] if found else None, unit="", reason=why, method=method
    )
    value = facts.of(index, "mean_change") if found else None
    yield measured(
        QUANTITY("drift.largest.mean_change"),
        float(size[index] * np.sign(shift.mean_change.value[index])) if found else np.nan,
        reason=why,
        method=method,
        n=value.n if value else None,
        low=_limit(value.low if value else None),
        high=_limit(value.high if value else None),
    )


def _limit(limit: float | None) -> float:
    return float("nan") if limit is None else limit
