"""Takes the loss sums, gives the model beside a naive benchmark and the previous version on the same rows."""

import math

from generator.estimates.facts import NO_LABELS, estimated, number
from generator.estimates.headline import Head
from generator.estimates.intervals import MAE, Ratio, Sums, estimate
from generator.estimates.paired import paired
from generator.records.fact import Fact
from generator.records.named import PROJECT
from generator.records.reason import Reason, lacking
from generator.results.words import quantities
from generator.subjects.performance.facts import OTHERS
from generator.subjects.performance.found import Errors, Rival

QUANTITY = quantities(__file__)

WHY_NOT = {
    "benchmark": Reason(
        "no benchmark: neither data.benchmark nor training statistics with the mean of the target", ("data.benchmark",)
    ),
    "previous": lacking("no previous version to score", "model.previous.path", file=PROJECT),
}


def own(sums: Sums | None, head: Head, unit: str) -> Errors | None:
    """Return the errors of this model; None without labels."""
    if sums is None:
        return None
    name, metric = head.metric.name.capitalize(), head.metric.metric
    return Errors(
        error=estimated(f"performance.compare.{metric}", estimate(head.ratio, sums), label=name, unit=head.unit),
        mae=estimated(QUANTITY("performance.compare.mae"), estimate(MAE, sums), unit=unit),
    )


def rival(name: str, sums: Sums | None, head: Head, unit: str) -> Rival:
    """Return error and MAE of the other on the same rows, and the relative difference of this model's error."""
    metric, who = head.metric.name.capitalize(), OTHERS[name].lower()
    ids = (head.id(name), f"performance.mae.{name}", f"performance.gain.{name}")
    labels = (f"{metric}, {who}", f"Mean absolute error, {who}", f"{metric} against the {who}")
    if sums is None or sums.total(f"{name}_n") == 0:
        reason = NO_LABELS if sums is None else WHY_NOT[name]
        error, mae, gain = (
            number(i, math.nan, label=label, unit=u, reason=reason)
            for i, label, u in zip(ids, labels, (head.unit, unit, "change"), strict=True)
        )
        return Rival(errors=Errors(error=error, mae=mae), gain=gain)
    squares = estimate(Ratio(top=f"{name}_e2", bottom=f"{name}_n", root=head.ratio.root), sums)
    sizes = estimate(Ratio(top=f"{name}_abs", bottom=f"{name}_n"), sums)
    errors = Errors(
        error=estimated(ids[0], squares, label=labels[0], unit=head.unit),
        mae=estimated(ids[1], sizes, label=labels[1], unit=unit),
    )
    return Rival(errors=errors, gain=_gain(ids[2], labels[2], name, sums, head))


def _gain(id: str, label: str, name: str, sums: Sums, head: Head) -> Fact:
    """Return the error over the other's on the same rows less one."""
    found = paired(name, sums, head.ratio)
    return number(
        id,
        found.value - 1,
        label=label,
        unit="change",
        low=found.low - 1,
        high=found.high - 1,
        n=found.n,
        method=found.method,
    )


def inverse(gain: Fact) -> Fact:
    """Return the ratio to the previous version that rollback conditions compare."""
    label = "Error over the previous version's, same rows"
    if gain.number is None:
        return number("performance.ratio.previous", math.nan, label=label, reason=gain.reason)
    low, high = (math.nan if v is None else v + 1 for v in (gain.low, gain.high))
    return number(
        "performance.ratio.previous", gain.number + 1, label=label, low=low, high=high, n=gain.n, method=gain.method
    )
