"""Takes the features that drifted or miss values, gives what each producer is asked, the gravest first."""

from collections.abc import Mapping

from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.reason import Reason
from generator.records.table import Cell, Table
from generator.records.timeline import Timeline
from generator.results.words import tables
from generator.subjects.features._spec import ASKED, Described
from generator.subjects.kit.facts import dated
from generator.subjects.kit.known import Known, text_of

TABLE = tables(__file__)

RESTORE = "find out since when values are missing and why, and restore them"
UNCLEAR = (
    "not clear from its course",
    "say whether the shift is real or a change of definition, unit or delivery, and announce it next time",
)
COURSES = {
    "from day one": (
        "computed differently in training and in production",
        "compare how the value is computed in training and in production and mend the difference: it was "
        "there from day one, and a retraining would hide it",
    ),
    "step": (
        "a change of definition, unit or delivery on the day of the step",
        "look in the change log at the day of the step, say what changed, and announce it next time",
    ),
    "trend": (
        "the world moves, or the feed moves away from it",
        "say whether the trend is real and will go on: the model follows it by retraining, not by a repair",
    ),
    "weekly cycle": (
        "the training rows lack some days of the week",
        "say which days of the week the training rows lack",
    ),
}
"""What is suspected and what a producer is asked, by the course of the drift."""
TOLD = 3
"""Features of one ask whose evidence is told."""


def asks_table(every: tuple[Described, ...], at: Known, project: Project, dates: Timeline) -> Table:
    """Return one line for each producer and ask."""
    groups = dict[tuple[str, str], list[Described]]()
    for one in sorted(every, key=lambda one: _gravity(one, at)):
        if one.drifted or one.incomplete:
            groups.setdefault((one.feature.source or ASKED, _ask(one)), []).append(one)
    due = {urgent: _due(project, dates, urgent=urgent) for urgent in (False, True)}
    rows = (_row(producer, ask, found, every, at, due) for (producer, ask), found in groups.items())
    reason = "no confirmed drift or rise of missing values" if at.rows("drift.all") else "drift was not measured"
    return TABLE("features.asks", rows, reason=reason)


def _row(
    producer: str, ask: str, found: list[Described], every: tuple[Described, ...], at: Known, due: Mapping[bool, Fact]
) -> tuple[Cell, ...]:
    owners = dict.fromkeys(one.feature.owner or ASKED for one in found)
    source = found[0].source
    return (
        producer,
        (source.owner if source else None) or ", ".join(owners),
        str(len(found)),
        "; ".join(one.feature.name for one in found),
        _told(found, at),
        _cause(found, every),
        ask,
        due[any(one.feature.critical or one.over == "stop" for one in found)],
    )


def _gravity(one: Described, at: Known) -> tuple[bool, bool, float]:
    """Order what must not be used any more first, then critical inputs, then by the weight in the model."""
    weight = at.of_feature("importance.{}.share", one.feature.name).number or 0.0
    return one.over != "stop", not one.feature.critical, -weight


def _cause(found: list[Described], every: tuple[Described, ...]) -> str:
    """Return what is suspected: of a drift its course says it, of missing values how much of the source is hit."""
    if found[0].drifted:
        return COURSES.get(text_of(found[0].drift.get("shape")) or "", UNCLEAR)[0]
    source = found[0].feature.source
    beside = [one for one in every if source and one.feature.source == source]
    hit = sum(one.incomplete for one in beside)
    if len(beside) > 1 and 2 * hit > len(beside):
        return f"the source as a whole: {hit} of its {len(beside)} inputs miss more values than in training"
    return "these inputs alone: a column, a join or a job of the source"


def _told(found: list[Described], at: Known) -> Sentence:
    parts = [(f"{one.feature.name} ", *_shown(one, at)) for one in found[:TOLD]]
    told = tuple(word for n, part in enumerate(parts) for word in (("; ", *part) if n else part))
    more = len(found) - len(parts)
    return (*told, f"; and {more} more") if more else told


def _due(project: Project, dates: Timeline, *, urgent: bool) -> Fact:
    """Return the day of the plan by which producers have to answer: as declared where nothing could be dated."""
    context, rollout = project.settings.context, project.settings.rollout
    begins, asked = dates.launch or dates.start("rollout") or rollout.start, dates.start("decision")
    days = [day for day in (begins, asked or context.decide_by) if day is not None]
    day = None if not days else min(days) if urgent else days[0]
    return dated(
        "features.asks.due" if not urgent else "features.asks.due_urgent",
        day,
        label="Due",
        method="the earlier of start of the rollout and day of the decision, where an input is critical or over its "
        "stop limit; else the start of the rollout",
        reason=Reason("neither rollout.start nor context.decide_by is declared", ("rollout.start",)),
    )


def _shown(one: Described, at: Known) -> Sentence:
    name, words = one.feature.name, list[str | Fact]()
    if one.drifted:
        known_as = (("drift.{}.mean_change", "mean "), ("drift.{}.psi", "PSI "), ("drift.{}.since", "since "))
        for pattern, text in known_as:
            fact = at.of_feature(pattern, name)
            if fact.value is not None:
                words += [", " if words else "", text, fact]
    if one.incomplete:
        words += [
            ", " if words else "",
            "missing ",
            at.of_feature("missing.{}.reference", name),
            " → ",
            at.of_feature("missing.{}.production", name),
        ]
    if one.over == "stop":
        words.append(", over its stop limit")
    return tuple(words)


def _ask(one: Described) -> str:
    ask = COURSES.get(text_of(one.drift.get("shape")) or "", UNCLEAR)[1]
    if one.drifted and one.incomplete:
        return f"restore the missing values first; then {ask}"
    return RESTORE if one.incomplete else ask
