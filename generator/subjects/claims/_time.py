"""Takes dated figures and the history of releases, gives what cannot have happened by then, or not by the plan."""

import datetime
import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from generator.records.fact import Fact, Sentence
from generator.records.project import Trigger, Version
from generator.results.words import quantities
from generator.subjects.claims._book import Book, Checked
from generator.subjects.kit.facts import derived
from generator.subjects.limits.quantities import NAMES

QUANTITY = quantities(__file__)

TOLERANCE_DAYS = 1
SHOWN = 2
RECENT_DAYS = 14
"""How old a measurement may be to speak for a trigger."""
NOT_THERE = re.compile(r"\b(?:to be|not yet|planned|proposed|missing|to do|in progress|under construction)\b", re.I)
Dated = tuple[str, datetime.date, Fact]


def chronology(book: Book) -> Iterator[Checked]:
    """Yield one check of all results that are dated against the day of the document that states them."""
    claims = book.project.settings.claims
    if claims.document_date is None:
        return
    day = book.declared(book.leaves["claims.document_date"])
    every = sorted(_dated(book), key=lambda item: item[1])
    late = [item for item in every if item[1] > claims.document_date]
    document = claims.document or "the document"
    if not every:
        return
    words: Sentence = (f"{document[:1].upper()}{document[1:]} is dated ", day, ", but holds later results: ")
    for number, (when, group) in enumerate(groupby(late, key=lambda item: item[1])):
        titles = [title for title, _, _ in group]
        shown = ", ".join(titles[:SHOWN]) + (" and others" if len(titles) > SHOWN else "")
        fact = derived(QUANTITY("claims.chronology.{when}", when=when.isoformat()), when)
        words = (*words, "; " if number else "", fact, f" ({shown})")
    count = derived(QUANTITY("claims.chronology.late"), len(late))
    yield Checked(
        id="chronology",
        kind="chronology",
        subject="Results dated after the document",
        where=document,
        status="conflict" if late else "ok",
        stated=day,
        recomputed=late[-1][2] if late else every[-1][2],
        words=(*words, ".") if late else ("No result is dated after the document.",),
        facts=(count,),
        cause=("Projected figures are shown as results, or the date is wrong.",) if late else (),
        figures=tuple(entry.id for entry in book.entries.values() if entry.figure.on),
    )


def _dated(book: Book) -> Iterator[Dated]:
    """Yield everything that is said to have happened, with its day; what is a target has not."""
    plan = book.project.settings
    paths = (
        *(
            (f"release of {one.version}", one.date, f"retraining.history.{i}.date")
            for i, one in enumerate(plan.retraining.history)
        ),
        *((one.title, one.measured_on, f"services.{i}.measured_on") for i, one in enumerate(plan.services)),
        *(
            (one.name, one.measured_on, f"context.acceptance.{i}.measured_on")
            for i, one in enumerate(plan.context.acceptance)
        ),
        *((one.title or one.id, one.end, f"experiments.{i}.end") for i, one in enumerate(plan.experiments)),
        *(
            (book.entries[one.id].title, one.on, f"claims.figures.{i}.on")
            for i, one in enumerate(plan.claims.figures)
            if one.basis == "measured"
        ),
    )
    for title, day, path in paths:
        if day is not None:
            yield title, day, book.declared(book.leaves[path])


def releases(book: Book) -> Iterator[Checked]:
    """Yield checks of the history of versions: against the interval, against the stages, against the triggers."""
    history = book.project.settings.retraining.history
    if len(history) > 1:
        yield from _intervals(book, history)
        yield from _stages(book, history)
    for index, version in enumerate(history):
        yield from _triggered(book, index, version)
    yield from _served(book, history)


def _gap(index: int, earlier: Version, later: Version) -> Fact:
    return derived(
        QUANTITY("claims.history.{index}.gap", index=index, earlier=earlier.version, later=later.version),
        (later.date - earlier.date).days,
    )


def _intervals(book: Book, history: tuple[Version, ...]) -> Iterator[Checked]:
    """Hold scheduled releases against the chosen interval."""
    plan = book.project.settings.retraining
    option = next((index for index, one in enumerate(plan.options) if one.id == plan.chosen), None)
    if option is None or plan.options[option].every_days is None:
        return
    every = plan.options[option].every_days or 0
    due = book.declared(book.leaves[f"retraining.options.{option}.every_days"])
    pairs = [
        (index, earlier, later)
        for index, (earlier, later) in enumerate(pairwise(history), start=1)
        if later.kind == "scheduled"
    ]
    if not pairs:
        return
    off = [pair for pair in pairs if abs((pair[2].date - pair[1].date).days - every) > TOLERANCE_DAYS]
    words: Sentence = ("Planned is a release every ", due)
    for index, earlier, later in pairs:
        gap = _gap(index, earlier, later)
        words = (*words, f"; the scheduled {later.version} came ", gap, f" after {earlier.version}")
    yield Checked(
        id="history_interval",
        kind="plan",
        subject="Releases against the planned interval",
        where="retraining",
        status="conflict" if off else "ok",
        stated=due,
        recomputed=_gap(*(off or pairs)[0]),
        words=(*words, "."),
    )


def _planned(book: Book) -> Fact | None:
    """Return the days that the stages before full traffic take."""
    stages = [stage for stage in book.project.settings.rollout.stages if stage.reach != "full"]
    days = [stage.days for stage in stages if stage.days]
    if not days:
        return None
    return derived(QUANTITY("claims.rollout.days"), sum(days), source="rollout.stages")


def _stages(book: Book, history: tuple[Version, ...]) -> Iterator[Checked]:
    """Hold every gap between releases against the stages each of them has to go through."""
    planned = _planned(book)
    if planned is None or not isinstance(planned.value, int):
        return
    pairs = [(index, earlier, later) for index, (earlier, later) in enumerate(pairwise(history), start=1)]
    short = [pair for pair in pairs if (pair[2].date - pair[1].date).days < planned.value]
    words: Sentence = ("The stages before full traffic take ", planned)
    for index, earlier, later in short or pairs:
        words = (*words, f"; {later.version} came ", _gap(index, earlier, later), f" after {earlier.version}")
    yield Checked(
        id="history_stages",
        kind="plan",
        subject="Releases against the stages of the rollout",
        where="retraining",
        status="conflict" if short else "ok",
        stated=planned,
        recomputed=_gap(*(short or pairs)[0]),
        words=(*words, "."),
        cause=("The plan was not followed, or the dates are not releases.",) if short else (),
    )


def _triggered(book: Book, index: int, version: Version) -> Iterator[Checked]:
    """Hold a triggered release against the figures of its trigger's metric in the days before it."""
    triggers = book.project.settings.retraining.triggers
    number = next((place for place, one in enumerate(triggers) if one.id == version.trigger_id), None)
    if number is None:
        return
    trigger = triggers[number]
    threshold = book.declared(book.leaves[f"retraining.triggers.{number}.threshold"])
    earliest = version.date - datetime.timedelta(days=RECENT_DAYS)
    for entry in book.entries.values():
        day = entry.figure.on
        if entry.figure.metric != trigger.metric or day is None or entry.number is None:
            continue
        if not earliest <= day <= version.date:
            continue
        place = next(i for i, one in enumerate(book.project.settings.claims.figures) if one.id == entry.id)
        when = book.declared(book.leaves[f"claims.figures.{place}.on"])
        fired = _breaches(trigger, entry.number.value)
        released = book.declared(book.leaves[f"retraining.history.{index}.date"])
        metric = NAMES.get(trigger.metric, trigger.metric)
        yield Checked(
            id=f"trigger_{entry.id}",
            kind="trigger",
            subject=f"Trigger of {version.version}",
            where="retraining",
            status="ok" if fired else "watch",
            figures=(entry.id,),
            stated=threshold,
            recomputed=entry.shown,
            words=(
                f"{version.version} was released on ",
                released,
                f" because {metric} was ",
                f"{trigger.operator} ",
                threshold,
                "; on ",
                when,
                " it stood at ",
                entry.shown,
                "." if fired else ": what happened in between is not explained.",
            ),
        )


def _breaches(trigger: Trigger, value: float) -> bool:
    over = {
        ">": value > trigger.threshold,
        ">=": value >= trigger.threshold,
        "<": value < trigger.threshold,
        "<=": value <= trigger.threshold,
    }
    return over[trigger.operator]


def _served(book: Book, history: tuple[Version, ...]) -> Iterator[Checked]:
    """Hold figures of a version in production against its release and the stages before full traffic."""
    planned, days = _planned(book), {one.version: (index, one) for index, one in enumerate(history)}
    if planned is None or not isinstance(planned.value, int):
        return
    told: dict[tuple[str, datetime.date], list[str]] = {}
    for entry in book.entries.values():
        if entry.figure.version in days and entry.figure.on is not None:
            told.setdefault((entry.figure.version or "", entry.figure.on), []).append(entry.id)
    for (name, day), ids in told.items():
        index, version = days[name]
        age = derived(
            QUANTITY("claims.history.{index}.age_{day}", index=index, day=day.isoformat(), name=name),
            (day - version.date).days,
        )
        early = (day - version.date).days < planned.value
        yield Checked(
            id=f"served_{ids[0]}",
            kind="plan",
            subject=f"{name} in production",
            where="",
            status="conflict" if early else "ok",
            figures=tuple(ids),
            stated=age,
            recomputed=planned,
            words=(
                f"Figures of production show {name} ",
                age,
                " after its release; the stages before full traffic ",
                "take ",
                planned,
                ".",
            ),
        )


def systems(book: Book) -> Iterator[Checked]:
    """Yield figures that are shown by a system which, as declared elsewhere, is not there yet."""
    context = book.project.settings.context
    states = {
        **{item.name: item.status or "" for item in context.technology},
        **{item.name: item.status or "" for item in context.components},
    }
    shown: dict[str, list[str]] = {}
    for entry in book.entries.values():
        if entry.figure.given_by in states:
            shown.setdefault(entry.figure.given_by or "", []).append(entry.id)
    for name, ids in shown.items():
        status = states[name]
        absent = bool(NOT_THERE.search(status))
        count = derived(QUANTITY("claims.system.{ids}", ids=ids[0], name=name), len(ids))
        yield Checked(
            id=f"system_{ids[0]}",
            kind="plan",
            subject=name,
            where="context",
            figures=tuple(ids),
            status="conflict" if absent else "ok",
            stated=status or "no status",
            recomputed=count,
            words=(
                f"{name} is declared as “{status}”, yet ",
                count,
                " stated figures come from it, such as ",
                *book.entries[ids[0]].named,
                ".",
            )
            if absent
            else (f"{name} is declared as “{status or 'there'}”.",),
        )
