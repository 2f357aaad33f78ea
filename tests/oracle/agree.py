"""Takes a world and what the program says of it, gives each number and statement that its raw rows do not bear out."""

import dataclasses
import random
from collections.abc import Iterator
from typing import Literal

import pandas as pd
import pytest

from generator.records.results import Results
from tests.oracle import money
from tests.oracle.by_day import Columns, inputs, others, parts, ranking
from tests.oracle.claims import KNOWN, Raw, decided, refuted, side
from tests.oracle.recompute import Wanted, calibration, daily, drift, errors, holes, segments, windows
from tests.worlds.axes import PAIRS, World
from tests.worlds.rows import DEGENERATE, INPUTS, NUMBERS
from tests.worlds.world import DECISION, KEY, project, table, truth

SEGMENTS = ("kind", "place")
ALIKE, FAR = 0.3, 1.0
"""Share of like rows from which on causes can be told, and how many widths of its range a part may be off."""
Container = Literal["parquet", "csv", "jsonl"]
CONTAINERS: tuple[Container, ...] = ("parquet", "csv", "jsonl")


def raw(of: World) -> Raw:
    """Return the rows of a world as its files hold them: those whose outcome is known, on the days that have theirs."""
    told, scored = truth(of), table(of, "production")
    if of.labels != "beside":
        known = pd.read_parquet(project(of) / "labels.parquet")
        scored = scored.drop(columns="y").merge(known[[KEY, "y"]], on=KEY, how="left")
    share = scored.groupby("date")["y"].transform(lambda one: one.notna().mean())
    return Raw(
        production=pd.DataFrame(scored[(share >= KNOWN) & scored["y"].notna()]),
        training=table(of, "held_out" if of.given == "reference" else "training"),
        held_out=table(of, "held_out"),
        scored=scored,
        binary=of.task == "binary",
        inputs=told.inputs,
        relation=told.relation,
        acceptable=_acceptable(of, told.held_out),
    )


def _acceptable(of: World, held_out: float) -> float | None:
    return 1.1 * (held_out if of.task == "binary" else held_out**0.5) if of.objectives else None


def numbers(of: World, said: Results) -> dict[str, Wanted]:
    """Return what every number that is worked out here must be, by id; groups of rows are those that are told of."""
    own, dated = raw(of), of.time == "day"
    more, days = DEGENERATE if of.degenerate else (), own.scored.groupby("date").size()
    columns = Columns(names=[*INPUTS, *more], numbers=[*NUMBERS, *more])
    cut = SEGMENTS if of.segments else ()
    values = {id: one.value for id, one in said.facts.items()}

    def labels() -> pd.DataFrame:
        return pd.read_parquet(project(of) / "labels.parquet")

    made: Iterator[tuple[str, Wanted]] = iter(
        (
            ("data.production.rows", Wanted(value=len(own.scored))),
            ("data.production.labelled", Wanted(value=len(own.production))),
            ("data.production.entities", Wanted(value=own.scored["entity"].nunique())),
            *errors(own.production, "production", binary=own.binary),
            *(errors(own.held_out, "validation", binary=own.binary) if of.given in ("held_out", "reference") else ()),
            *(calibration(own.production) if own.binary else ()),
            *(one for name in NUMBERS for one in drift(name, own.scored[name], own.training[name])),
            *(one for name in INPUTS for one in holes(name, own.scored[name], own.training[name])),
            *(one for column in cut for one in segments(own.production, column, binary=own.binary)),
            *(others(own, None) if of.given != "nothing" else ()),
            *(ranking(own.production) if own.binary else ()),
            *(windows(own.production, binary=own.binary) if dated else ()),
            *(daily(own.production, binary=own.binary) if dated else ()),
            *((f"performance.daily.rows.{day}", Wanted(value=n)) for day, n in days.items()),
            *(inputs(own, columns) if dated and of.given != "nothing" else ()),
            *(one for column in cut for one in parts(own, column) if dated),
            *(money.slices(own, money.groups(values)) if of.given != "nothing" else ()),
            *(money.waiting(own.scored, labels(), KEY, "arrived", "date") if of.labels != "beside" else ()),
            *(money.acting(own, DECISION, values) if of.costs and dated else ()),
        )
    )
    return dict(made)


def differences(of: World, said: Results) -> Iterator[str]:
    """Yield every number that is other than the rows give, and every statement that does not follow from them."""
    for id, one in numbers(of, said).items():
        got = said.facts[id].value if id in said.facts else None
        if isinstance(got, int | float) and got != pytest.approx(one.value, rel=max(one.rel, 1e-7), abs=one.off):
            yield f"{id} is {got}, not {one.value}"
    sure = [one.id for one in said.findings if one.severity in ("confirmed", "severe")]
    yield from refuted(sure, raw(of))
    yield from _causes(of, said)
    for gate in said.gates:
        value, bound = gate.value, gate.bound.value
        if gate.metric and value.low is not None and value.high is not None and bound is not None:
            wanted = side(value.low, value.high, float(str(bound)), gate.metric)
            if gate.verdict != wanted:
                yield f"gate {gate.id} is {gate.verdict}, not {wanted}"
    wanted = decided([(gate.hard, gate.verdict) for gate in said.gates])
    if said.verdict != wanted:
        yield f"the verdict is {said.verdict}, not {wanted}"


def _causes(of: World, said: Results) -> Iterator[str]:
    """Yield parts of the change that do not add up, and those against held-out rows that are far from the truth."""
    facts = {
        key: said.facts[f"causes.{key}"]
        for key in ("before", "after", "change", "inputs", "relation", "repeated", "held")
    }
    before, after, change, inputs, relation, *asides = (one.number for one in facts.values())
    if before is None or after is None or change is None or inputs is None or relation is None:
        return
    if change != pytest.approx(after - before, abs=1e-9):
        yield f"the error went from {before} to {after}, which is no change by {change}"
    if inputs + relation + sum(one or 0.0 for one in asides) != pytest.approx(change, abs=1e-9):
        yield f"inputs {inputs}, relation {relation} and others {asides} are not {change} together"
    told, share = truth(of), said.facts["causes.ess"].number or 0.0
    unlike = (
        of.holes
        or of.new_entities
        or of.tampered
        or of.stuck
        or of.stands != "none"
        or of.since
        or of.labels != "beside"
    )
    if said.facts["causes.against"].value != "held-out rows" or share < ALIKE or unlike:
        return
    scale = 1.0 if of.task == "binary" else 1.0 / (before + after)
    for key, true in (("inputs", told.inputs), ("relation", told.relation)):
        low, high = facts[key].low, facts[key].high
        if low is not None and high is not None and abs((low + high) / 2 - true * scale) > FAR * (high - low):
            yield f"causes.{key} is {low} to {high}, in truth {true * scale}"


def sixty() -> Iterator[World]:
    """Yield worlds of every pair of task and learner, five each, with the other axes drawn."""
    draw = random.Random(20261130)
    for turn in range(5):
        for task, learner in PAIRS:
            one = World(
                task=task,
                learner=learner,
                seed=100 + turn,
                generator=draw.choice(["smooth", "steps"]),
                shift=draw.choice([0.0, 0.0, 0.7, 1.5]),
                relation=draw.choice([0.0, 0.0, 1.0, 2.0, -0.4]),
                since=draw.choice([0.0, 0.0, 0.5]),
                given=draw.choice(["held_out", "held_out", "reference", "declared", "training", "nothing"]),
                labels=draw.choice(["beside", "beside", "beside", "late"]),
                time=draw.choice(["day", "day", "day", "day", "week", "none"]),
                segments=draw.random() < 0.8,
                objectives=draw.random() < 0.5,
                degenerate=draw.random() < 0.3,
                holes=draw.choice([0.0, 0.0, 0.08]),
                new_entities=draw.random() < 0.3,
                file=draw.random() < 0.2,
                costs=task == "binary" and turn % 2 == 0,
            )
            if one.file:  # it scores rows with their holes, the predictions beside them are of those before
                one = dataclasses.replace(one, holes=0.0, degenerate=False)
            late = one.labels != "beside" and one.time != "day"
            shaped: Container = draw.choice(CONTAINERS) if one.labels == "beside" else "parquet"
            yield dataclasses.replace(one, container=shaped, time="day" if late else one.time)
