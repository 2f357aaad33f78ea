"""Takes what each kind of refit gains on the newest days, gives steps before a retraining, each with cost and worth."""

from __future__ import annotations

from generator.records.fact import Fact, missing
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities
from generator.subjects.kit.facts import columns, declared, derived, table
from generator.subjects.kit.known import Known

QUANTITY = quantities(__file__)

STEPS = (
    ("intercept", "Correct the level", "add a constant to every prediction"),
    ("slope", "Correct level and spread", "stretch or shrink predictions about their mean"),
    ("refit", "Retrain, same features", "fit the coefficients anew on the newest days"),
    ("redesign", "Redesign", "new features, or another kind of model"),
)


def mending_table(at: Known, project: Project, money: Fact, run: Fact) -> Table:
    """Return the steps from a correction to a redesign."""
    heads = columns(
        "*step",
        "gain: Saves a day",
        "cost: Costs once",
        "payback: Paid back after",
        "status: Worth it",
        "*what: What is done",
    )
    rows = tuple(_row(name, title, what, at, project, money, run) for name, title, what in STEPS)
    known = any(isinstance(row[1], Fact) and row[1].value is not None for row in rows)
    reason = money.reason or at.fact("retraining.ladder.intercept.gain").reason
    return table("retraining.ladder", "Before a retraining", heads, rows if known else (), reason=reason)


def _row(name: str, title: str, what: str, at: Known, project: Project, money: Fact, run: Fact) -> tuple[Cell, ...]:
    saved, cost = _saved(name, at, money), _cost(name, project, run)
    gain, once = saved.number, cost.number
    days = once / gain if gain is not None and once is not None and gain > 0 else None
    payback = derived(
        QUANTITY("retraining.ladder.{name}.payback", name=name, title=title.lower()),
        days,
        source=f"{saved.id}, {cost.id}",
        reason=saved.reason or ("it saves nothing" if gain is not None and gain <= 0 else cost.reason),
    )
    return (title, saved, cost, payback, _mark(saved), what)


def _saved(name: str, at: Known, money: Fact) -> Fact:
    id, label = f"retraining.ladder.{name}.saves_per_day", "Saves a day"
    if name == "redesign":
        return missing(id, "what other features would bring is not in these data", label=label, unit="money")
    gain, each = at.fact(f"retraining.ladder.{name}.gain"), money.number
    value = gain.number
    known = value is not None and each is not None
    return derived(
        id,
        (value or 0.0) * (each or 0.0) if known else None,
        unit="money",
        label=label,
        method="gain on the newest third of the days × money a unit of mean squared error",
        source=f"{gain.id}, {money.id}",
        reason=gain.reason or money.reason,
        n=gain.n,
        low=gain.low * each if gain.low is not None and each is not None else None,
        high=gain.high * each if gain.high is not None and each is not None else None,
        range=gain.range,
    )


def _cost(name: str, project: Project, run: Fact) -> Fact:
    if name == "refit":
        return run
    if name == "redesign":
        return missing("retraining.ladder.redesign.cost", "a project of its own", label="Cost", unit="money")
    path = "retraining.run.recalibration_cost"
    return declared(
        project,
        f"declared.{path}",
        project.settings.retraining.run.recalibration_cost,
        path,
        unit="money",
        label="Recalibration cost",
    )


def _mark(saved: Fact) -> Mark:
    value = saved.number
    if value is None:
        return Mark(status="info", word="not known")
    if saved.low is not None and saved.low > 0:
        return Mark(status="ok", word="yes")
    return Mark(status="inconclusive", word="not shown") if value > 0 else Mark(status="info", word="no")
