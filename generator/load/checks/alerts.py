"""Settings → alert rules that can never fire, fire in the wrong order, or have no window to look at."""

from collections.abc import Iterator

from generator.load.complaint import Complaint, Path, repeated
from generator.load.walk import watched
from generator.records.project import Rule, Settings
from generator.records.project.units import OF_INPUTS, SHARES

COUNTERS = ("window_days", "consecutive", "recovery", "minimum_n", "priority")


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every rule, trigger and condition that cannot be evaluated."""
    yield from repeated(("alerts", "levels"), "name", (level.name for level in settings.alerts.levels))
    for number, rule in enumerate(settings.alerts.rules):
        yield from _rule(("alerts", "rules", number), rule)
    for path, item in watched(settings):
        yield from _counters(path, item)
        yield from _metric(path, item)


def _rule(path: Path, rule: Rule) -> Iterator[Complaint]:
    if rule.yellow is None and rule.red is None:
        what = f"({rule.id[:80]}) has neither a yellow nor a red threshold"
        depends = ((*path, "yellow"), (*path, "red"))
        yield Complaint(path, what, "declare one of them, or both", depends)
    elif rule.yellow is not None and rule.red is not None:
        yield from _order(path, rule, rule.yellow, rule.red)


def _order(path: Path, rule: Rule, yellow: float, red: float) -> Iterator[Complaint]:
    rising = rule.operator.startswith(">")
    if yellow == red:
        yield Complaint((*path, "red"), f"is {red:g} like yellow", "leave one of them away, or part them")
    elif (yellow > red) == rising:
        what = f"is {yellow:g}, but red, {red:g}, comes first with the operator {rule.operator}"
        cure = "yellow below red, or the operator <" if rising else "yellow above red, or the operator >"
        yield Complaint((*path, "yellow"), what, f"write {cure}", ((*path, "operator"),))


def _counters(path: Path, item: object) -> Iterator[Complaint]:
    for key in COUNTERS:
        value = getattr(item, key, None)
        if value is not None and value < 1:
            yield Complaint((*path, key), f"is {value}", "write 1 or more")


def _metric(path: Path, item: object) -> Iterator[Complaint]:
    metric = getattr(item, "metric", "")
    features = getattr(item, "features", "none")
    if features != "none" and metric not in OF_INPUTS:
        yield Complaint(
            (*path, "features"),
            f"is {features}, but {metric} is not measured by feature",
            f"leave it away, or watch one of {', '.join(sorted(OF_INPUTS))}",
        )
    for key in ("yellow", "red", "threshold"):
        value = getattr(item, key, None)
        if metric in SHARES and value is not None and not 0 <= value <= 1:
            what = f"is {value:g}, but {metric} is a share"
            hint = f"write {value / 100:g} for {value:g} %" if 0 < value <= 100 else "write a number from 0 to 1"
            yield Complaint((*path, key), what, hint)
