"""Settings → names that refer to nothing: a chosen option, a rule that catches an incident."""

from collections.abc import Iterable, Iterator

from generator.load.complaint import Complaint, Path, repeated
from generator.load.keys import nearest
from generator.records.project import Rollback, Settings


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
    yield from _of_stages(settings, rules)
    yield from _of_watches(settings.rollback)
    metrics = [objective.name for objective in settings.objectives.metrics]
    yield from repeated(("objectives", "metrics"), "metric", metrics)
    yield from repeated(("people", "approvers"), "role", [one.role for one in settings.people.approvers])


def _of_risks(settings: Settings, rules: list[str]) -> Iterator[Complaint]:
    for number, risk in enumerate(settings.risks):
        for place, name in enumerate(risk.alerts):
            yield from _known(("risks", number, "alerts", place), name, rules, ("alerts", "rules"))
        if risk.rule is not None:
            yield from _known(("risks", number, "rule"), risk.rule, rules, ("alerts", "rules"))


def _of_stages(settings: Settings, rules: list[str]) -> Iterator[Complaint]:
    for number, stage in enumerate(settings.rollout.stages):
        for place, name in enumerate(stage.judged_by):
            path = ("rollout", "stages", number, "judged_by", place)
            yield from _known(path, name, rules, ("alerts", "rules"))


def _of_watches(plan: Rollback) -> Iterator[Complaint]:
    told = (*plan.without_asking, *plan.without_asking_on_error, *plan.not_when, *(one.id for one in plan.conditions))
    modes = [mode.name for mode in plan.degraded_modes]
    for number, watch in enumerate(plan.watched):
        path: Path = ("rollback", "watched", number)
        if watch.what not in told:
            near, hint = nearest(watch.what, told), "write the words of a permission, or the id of a condition"
            words = f"is {watch.what[:80]!r}, which is no permission, no condition and no `not_when` of the rollback"
            yield Complaint((*path, "what"), words, f"did you mean {near}?" if near else hint, (path,))
        if (watch.alert is None) == (watch.by_hand is None):
            yield Complaint(path, "needs `alert` or `by_hand`, one of both", "say what tells of it", (path,))
        if watch.mode is not None:
            yield from _known((*path, "mode"), watch.mode, modes, ("rollback", "degraded_modes"))


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
