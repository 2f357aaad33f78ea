"""Takes the sources with their budgets, gives the worst case of reading them and the room to the serving objective."""

from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_BUDGETS = lacking("no source declares a latency budget", "data.sources")


def latency_table(project: Project) -> Table:
    """Return the sources in the order of their stages with their budgets."""
    sources = list(enumerate(project.settings.data.sources))
    rows: list[tuple[Cell, ...]] = [
        (
            declared(
                project, f"features.source.{index}.stage", source.stage, f"data.sources.{index}.stage", unit="count"
            ),
            source.name,
            source.kind,
            declared(
                project,
                f"features.source.{index}.latency_budget_ms",
                source.latency_budget_ms,
                f"data.sources.{index}.latency_budget_ms",
                unit="ms",
            ),
        )
        for index, source in sorted(sources, key=lambda pair: pair[1].stage)
    ]
    return TABLE("features.latency", rows, reason=lacking("no sources declared", "data.sources"))


def latency_facts(project: Project, model: Fact) -> tuple[Fact, ...]:
    """Return the worst case if all is read at once, one after the other, and in the declared stages, and the room.

    `model` is the time of the model itself, which nearly no call exceeds.
    """
    stages: dict[int, list[float]] = {}
    for source in project.settings.data.sources:
        if source.latency_budget_ms is not None:
            stages.setdefault(source.stage, []).append(source.latency_budget_ms)
    every = [budget for budgets in stages.values() for budget in budgets]
    staged = _roll_up(
        "staged",
        sum(max(budgets) for budgets in stages.values()) if stages else None,
        "Worst case in the declared stages",
        "largest budget of each stage, added up",
    )
    headroom = _headroom(project, staged)
    return (
        _roll_up("parallel", max(every) if every else None, "Worst case with all sources at once", "largest budget"),
        _roll_up("sequential", sum(every) if every else None, "Worst case one after the other", "sum of all budgets"),
        staged,
        headroom,
        _left(headroom, model),
    )


def _roll_up(name: str, value: float | None, label: str, method: str) -> Fact:
    return derived(
        f"features.latency.{name}",
        value,
        unit="ms",
        label=label,
        method=method,
        source="data.sources",
        reason=NO_BUDGETS,
    )


def _headroom(project: Project, staged: Fact) -> Fact:
    objective = declared(
        project,
        "declared.context.serving.latency_objective_ms",
        project.settings.context.serving.latency_objective_ms,
        "context.serving.latency_objective_ms",
        unit="ms",
    )
    allowed, used = objective.number, staged.number
    return derived(
        QUANTITY("features.latency.headroom"),
        None if allowed is None or used is None else allowed - used,
        source=f"{objective.id}, {staged.id}",
        reason=objective.reason or staged.reason,
    )


def _left(headroom: Fact, model: Fact) -> Fact:
    room, used = headroom.number, model.number
    return derived(
        QUANTITY("features.latency.left"),
        None if room is None or used is None else room - used,
        source=f"{headroom.id}, {model.id}",
        reason=headroom.reason or model.reason,
    )
