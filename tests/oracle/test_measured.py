"""What the program measures of a world is what an independent recomputation from the raw rows gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.recompute import measured
from tests.worlds.rows import NUMBERS
from tests.worlds.world import judged, table, world

WORLDS: tuple[dict[str, Any], ...] = (
    {"learner": "ridge"},
    {"learner": "histogram", "shift": 0.7, "relation": 1.0, "container": "csv"},
    {"task": "binary", "learner": "logistic", "container": "jsonl"},
    {"task": "binary", "learner": "histogram", "generator": "steps", "shift": 0.5, "file": True},
)


@pytest.mark.parametrize("axes", WORLDS)
def test_measured_numbers_are_those_of_the_rows(axes: dict[str, Any]) -> None:
    of = world(**axes)
    facts = judged(of, ("causes",)).facts
    wanted = measured(
        table(of, "production"),
        table(of, "training"),
        table(of, "held_out"),
        binary=of.task == "binary",
        numbers=NUMBERS,
    )
    wrong = {}
    for id, one in wanted.items():
        got = facts[id].value
        assert isinstance(got, int | float), facts[id]
        if got != pytest.approx(one.value, rel=one.rel, abs=one.off):
            wrong[id] = (got, one.value)
    assert not wrong
    assert len(wanted) > 50
