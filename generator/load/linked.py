"""Settings → the same with what entries leave open: the kind of an activity, the stages that an entry is about.

What only the words of a title tell is a guess, and each is noted. A stage has one owner and one gate, its own,
and every entry that is about it has them too.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from generator.records.project import Activity, Delivery, Milestone, Rollout, Settings, Stage

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def linked(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings with kinds and stages filled in, and in words each that had to be guessed."""
    context, calendar, rollout = settings.context, settings.calendar, settings.rollout
    activities = tuple(map(_activity, calendar.activities))
    roadmap = tuple(_milestone(one, rollout) for one in context.roadmap)
    delivery = tuple(_delivery(one, rollout) for one in context.delivery)
    entries: tuple[Milestone | Delivery, ...] = (*roadmap, *delivery)
    owned = replace(rollout, stages=tuple(_owned(stage, entries) for stage in rollout.stages))
    filled = replace(
        settings,
        rollout=owned,
        calendar=replace(calendar, activities=activities),
        context=replace(
            context,
            roadmap=tuple(replace(one, owner=_owners(one.stages, owned) or one.owner) for one in roadmap),
            delivery=tuple(_of_stage(one, owned) for one in delivery),
        ),
    )
    declared: tuple[Milestone | Delivery, ...] = (*context.roadmap, *context.delivery)
    guessed = (
        *(_said(one.title, filled, one.kind) for one, filled in zip(calendar.activities, activities, strict=True)),
        *(_said(one.name, filled, one.kind) for one, filled in zip(context.roadmap, roadmap, strict=True)),
        *(_about(one, filled) for one, filled in zip(declared, entries, strict=True)),
        *map(_judged, rollout.stages),
    )
    return filled, tuple(text for text in guessed if text)


def _activity(one: Activity) -> Activity:
    if one.kind:
        return one
    title = one.title.lower()
    return replace(one, kind="retraining" if "retrain" in title else "drill" if "drill" in title else "other")


def _milestone(one: Milestone, rollout: Rollout) -> Milestone:
    """Return an entry of the roadmap with its kind, and the stages whose first word stands in its name."""
    words, said = set(re.findall(r"\w+", one.name.casefold())), DAY.findall(one.when or "")
    named = tuple(each.name for each in rollout.stages if words & set(re.findall(r"\w+", each.name.casefold())[:1]))
    if not named and len(said) > 1 and said[0] == str(rollout.start):
        named = tuple(each.name for each in rollout.stages)
    stages = one.stages or (named if one.kind in (None, "rollout") else ())
    name = one.name.casefold()
    if one.kind or stages:
        return replace(one, kind=one.kind or "rollout", stages=stages)
    other: Literal["monitoring", "other"] = "monitoring" if "monitor" in name and said else "other"
    return replace(one, kind="recalibration" if "recalibrat" in name else other)


def _delivery(one: Delivery, rollout: Rollout) -> Delivery:
    named = tuple(stage.name for stage in rollout.stages if stage.name.casefold() == one.name.casefold())
    return replace(one, stages=one.stages or named)


def _owned(stage: Stage, entries: Sequence[Milestone | Delivery]) -> Stage:
    """Return a stage with its owner, where only an entry about it names one the first that does."""
    said = (one.owner for one in entries if stage.name in one.stages and one.owner)
    return replace(stage, owner=stage.owner or next(said, None))


def _of_stage(one: Delivery, rollout: Rollout) -> Delivery:
    gates = [stage.gate for stage in rollout.stages if stage.name in one.stages and stage.gate]
    return replace(one, owner=_owners(one.stages, rollout) or one.owner, gate=gates[-1] if gates else one.gate)


def _owners(stages: tuple[str, ...], rollout: Rollout) -> str:
    return ", ".join(dict.fromkeys(stage.owner for stage in rollout.stages if stage.name in stages and stage.owner))


def _said(title: str, filled: Activity | Milestone, kind: str | None) -> str:
    known = kind or filled.kind in ("other", "rollout")
    return "" if known else f"“{title}” is taken for {filled.kind}: `kind` says it for sure."


def _about(one: Milestone | Delivery, filled: Milestone | Delivery) -> str:
    if one.stages or not filled.stages:
        return ""
    named = ", ".join(filled.stages)
    return f"“{one.name}” is taken to be about {named}, and has its owner and gate: `stages` says it for sure."


def _judged(stage: Stage) -> str:
    if stage.judged_by or "alert" not in (stage.gate or "").casefold():
        return ""
    return (
        f"The gate of “{stage.name}” speaks of alerts: `judged_by` says of which, so that it lasts until they can fire."
    )
