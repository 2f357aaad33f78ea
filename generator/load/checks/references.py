"""Settings → names that refer to nothing: a chosen option, a rule that catches an incident."""

from collections.abc import Iterable, Iterator

from generator.load.complaint import Complaint, Path, repeated
from generator.load.keys import nearest
from generator.records.project import Settings


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every reference that leads nowhere."""
    chosen = settings.retraining.chosen
    options = [option.id for option in settings.retraining.options]
    if chosen is not None:
        yield from _known(("retraining", "chosen"), chosen, options, ("retraining", "options"))
    rules = [rule.id for rule in settings.alerts.rules]
    levels = [level.name for level in settings.alerts.levels]
    for number, rule in enumerate(settings.alerts.rules):
        for key, level in (("yellow_level", rule.yellow_level), ("red_level", rule.red_level)):
            if level is not None:
                yield from _known(("alerts", "rules", number, key), level, levels, ("alerts", "levels"))
    for number, incident in enumerate(settings.context.incidents):
        if incident.rule is not None:
            path = ("context", "incidents", number, "rule")
            yield from _known(path, incident.rule, rules, ("alerts", "rules"))
    yield from _of_risks(settings, rules)
    metrics = [objective.name for objective in settings.objectives.metrics]
    yield from repeated(("objectives", "metrics"), "metric", metrics)


def _of_risks(settings: Settings, rules: list[str]) -> Iterator[Complaint]:
    for number, risk in enumerate(settings.risks):
        for place, name in enumerate(risk.alerts):
            yield from _known(("risks", number, "alerts", place), name, rules, ("alerts", "rules"))
        if risk.rule is not None:
            yield from _known(("risks", number, "rule"), risk.rule, rules, ("alerts", "rules"))


def _known(path: Path, name: str, known: Iterable[str], where: Path) -> Iterator[Complaint]:
    if name not in known:
        near = nearest(name, known)
        place = ".".join(map(str, where))
        yield Complaint(
            path,
            f"is {name[:80]!r}, which is no id under `{place}`",
            f"did you mean {near}?" if near else f"declare it under `{place}`",
            (where,),
        )
