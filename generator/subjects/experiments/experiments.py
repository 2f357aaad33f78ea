"""Takes reported experiments, gives what their figures show: effect, chance, power, and which statuses hold."""

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.experiments._arms import ExperimentPlace, places, ran
from generator.subjects.experiments._claims import change_of, findings, maturity, split
from generator.subjects.experiments._effects import OPEN, WORSE, Effect, effect, seen_with
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import known

QUANTITY, TABLE = quantities(__file__), tables(__file__)

Row = tuple[Cell, ...]


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Check every reported experiment; without any, say so."""
    every = places(project)
    none = lacking("no experiment declared", "experiments", file=project.file)
    at = known(evidence, earlier)
    results: list[Row] = []
    powers: list[Row] = []
    told: list[Row] = []
    effects: list[Row] = []
    found: list[Finding] = []
    facts: list[Fact] = []
    for place in every:
        own = tuple(effect(place, index) for index in range(len(place.experiment.metrics)))
        for one in own:
            change, slip = change_of(one, own)
            found += [slip] if slip else []
            results.append(_result(one, change))
            effects.append(_shown(one))
            harms = one.status in (OPEN, WORSE) and len(told) == 1
            told += [(one.title, one.control, one.test, one.status, one.why)] if harms or not told else []
            powers += _power(one)
            facts += one.facts
        found += [*findings(place, own), *maturity(place, at.as_of)]
        p, _, broken = split(place)
        found += [broken] if broken else []
        facts += [p]
    count = derived(QUANTITY("experiments.count"), len(every) or None, reason=none)
    return Decisions(
        facts=(count, *facts),
        findings=tuple(found),
        tables=(*_tables(results, powers, effects, none), _told(told, none), _designs(every, none)),
    )


def _result(one: Effect, change: str) -> Row:
    stated = one.metric.stated_change or "not stated"
    return (
        one.place.title,
        one.title,
        one.control,
        one.test,
        stated,
        one.relative,
        one.difference,
        change,
        one.metric.stated_status or "not stated",
        one.status,
        one.why,
    )


def _shown(one: Effect) -> Row:
    """What the figure draws: the change with its interval, else the smallest change that the traffic could show."""
    arms = one.place.arms
    smallest = seen_with(one, arms[-1], len(arms) - 1)[3] if arms else ()
    return (one.title, one.relative, smallest, one.status)


def _power(one: Effect) -> Iterator[Row]:
    head = (one.place.title, one.title, one.significant_rows, one.needed_rows)
    if not one.place.arms or (one.metric.kind == "mean" and one.metric.sd is None):
        yield (*head, (), (), one.p, one.power, "not known")
        return
    for number, arms in enumerate(one.place.arms):
        rows, p, power, smallest = seen_with(one, arms, number)
        yield (*head, arms.share, rows, p, power, smallest)


def _tables(results: list[Row], powers: list[Row], effects: list[Row], none: str) -> tuple[Table, ...]:
    return (
        TABLE("experiments.results", results, reason=none),
        TABLE("experiments.power", powers, reason=none),
        TABLE("experiments.effects", effects, reason=none),
    )


def _told(rows: list[Row], none: str) -> Table:
    """The first result, and the first after it that may be worse."""
    return TABLE("experiments.told", rows, reason=none)


def _designs(every: tuple[ExperimentPlace, ...], none: str) -> Table:
    rows = []
    for place in every:
        days = derived(QUANTITY("{head}.days", head=place.head), ran(place.experiment))
        p, words, _ = split(place)
        versions = (place.experiment.control or "not stated", place.experiment.test or "not stated")
        counts = (_count(place, "n_control"), _count(place, "n_test"))
        rows.append((place.title, *versions, days, *counts, p, words))
    return TABLE("experiments.designs", rows, reason=none)


def _count(place: ExperimentPlace, key: str) -> Fact:
    value, path = getattr(place.experiment, key), f"experiments.{place.index}.{key}"
    return derived(
        QUANTITY("{head}.{key}", head=place.head, key=key),
        value,
        label=key.replace("_", " "),
        reason=lacking(UNDECLARED, path, file=place.project.file),
    )


DECISION = Decision(id="experiments", title="Reported experiments", run=run)
