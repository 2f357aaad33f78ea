"""Takes what each kind of refit gains on the newest days, gives steps before a retraining, each with cost and worth."""

from dataclasses import dataclass
from typing import Literal

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact, missing, segment_of
from generator.records.headline import headline
from generator.records.project import Project
from generator.records.table import Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.steps import objective_fact

QUANTITY, TABLE = quantities(__file__), tables(__file__)

Step = Literal["intercept", "slope", "refit", "redesign"]
STEPS: tuple[tuple[Step, str, str], ...] = (
    ("intercept", "Correct the level", "add a constant to every prediction"),
    ("slope", "Correct level and spread", "stretch or shrink predictions about their mean"),
    ("refit", "Retrain, same features", "fit the coefficients anew on the newest days"),
    ("redesign", "Redesign", "new features, or another kind of model"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mending:
    """A step before a retraining: what it saves a day, what it costs once, and when that is paid back."""

    step: Step
    title: str
    saved: Fact
    cost: Fact
    payback: Fact
    what: str


def mendings(at: Known, project: Project, money: Fact, run: Fact) -> tuple[Mending, ...]:
    """Return the steps from a correction to a redesign; none where nothing that one of them saves is known."""
    found = tuple(_mending(step, title, what, at, project, money, run) for step, title, what in STEPS)
    return found if any(one.saved.value is not None for one in found) else ()


def mending_table(found: tuple[Mending, ...], at: Known, money: Fact) -> Table:
    """Return one row a step."""
    rows = ((one.title, one.saved, one.cost, one.payback, _mark(one.saved), one.what) for one in found)
    reason = money.reason or at.fact("retraining.ladder.intercept.gain").reason
    return TABLE("retraining.ladder", rows, reason=reason)


def refitted(at: Known, project: Project) -> tuple[tuple[Table, Table], tuple[Finding, ...]]:
    """Return what the next version is held to, gates of stages first, and of that what a refit is expected to miss."""
    expected, found = at.fact("retraining.ladder.refit.error"), headline(binary=project.settings.data.task == "binary")
    own = next((one for one in project.settings.objectives.metrics if one.metric == found.metric), None)
    limits = [
        (
            f"the gate of “{stage.name}”",
            declared(
                project,
                f"rollout.{segment_of(stage.name)}.gate_error",
                stage.gate_error,
                f"rollout.stages.{index}.gate_error",
                unit=expected.unit,
                label=f"Error that the gate of {stage.name} allows",
            ),
        )
        for index, stage in enumerate(project.settings.rollout.stages)
        if stage.gate_error is not None
    ]
    if own is not None and own.acceptable is not None:
        limits.append(("the acceptable level", objective_fact(project, own, "acceptable")))
    known = [] if expected.number is None or found.metric != "rmse" else limits
    rows = [(what, limit, _stands(expected, limit)) for what, limit in known]
    missed, reason = [row for row in rows if _fails(expected, row[1])], "no limit of the error is declared"
    held = TABLE("retraining.refit.limits", rows, reason=expected.reason or reason)
    short = TABLE("retraining.refit.missed", missed, reason=expected.reason or "it is expected to keep each")
    return (held, short), tuple(_missed(expected, *row) for row in missed)


def _stands(expected: Fact, limit: Fact) -> str:
    """Return in words whether a version as good as a refit would keep a limit."""
    value, bound = expected.number or 0.0, limit.number or 0.0
    low, high = (value if end is None else end for end in (expected.low, expected.high))
    if _fails(expected, limit):
        return "it surely fails" if low >= bound else "it is expected to fail, though not surely"
    return "it surely passes" if high < bound else "it is expected to pass, though not surely"


def _fails(expected: Fact, limit: Fact) -> bool:
    return (expected.number or 0.0) >= (limit.number or 0.0)


def _missed(expected: Fact, what: str, limit: Fact, stands: str) -> Finding:
    words = (
        "A refit is expected at an error of ",
        expected,
        f". {what[0].upper()}{what[1:]} asks for less than ",
        limit,
        f": {stands}.",
    )
    claim = Claim(what="error", relation="above", value=expected, baseline=limit)
    return finding(f"timeline.refit.{segment_of(what)}", "timeline", "watch", "the next version", words, claim)


def _mending(step: Step, title: str, what: str, at: Known, project: Project, money: Fact, run: Fact) -> Mending:
    saved, cost = _saved(step, at, money), _cost(step, project, run)
    gain, once = saved.number, cost.number
    days = once / gain if gain is not None and once is not None and gain > 0 else None
    payback = derived(
        QUANTITY("retraining.ladder.{name}.payback", name=step, title=title.lower()),
        days,
        source=f"{saved.id}, {cost.id}",
        reason=saved.reason or ("it saves nothing" if gain is not None and gain <= 0 else cost.reason),
    )
    return Mending(step=step, title=title, saved=saved, cost=cost, payback=payback, what=what)


def _saved(name: str, at: Known, money: Fact) -> Fact:
    id, label = f"retraining.ladder.{name}.saves_per_day", f"Saves a day, {name}"
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
