"""Odd rows of a model of two outcomes: all five documents compose, and the error is still the rows' own."""

import numpy as np
import pandas as pd
import pytest

from tests.hostile.test_accepted import (
    Spoil,
    constant,
    no_entity,
    no_features,
    no_labels,
    no_reference,
    no_time,
    one_day,
    one_row,
    two_rows,
    unchanged,
)
from tests.hostile.world import World, accepted, refused


def outcomes(table: pd.DataFrame) -> pd.DataFrame:
    p = 1 / (1 + np.exp(-(table["guess"] - table["guess"].median()) / 10))
    dear = table["price"] > table["price"].median()
    return table.assign(price=np.where(dear, "dear", "cheap"), guess=p.round(4), old=(0.8 * p + 0.1).round(4))


def binary(world: World) -> None:
    """Make the world one of a model that tells dear goods from cheap ones."""
    world.both(outcomes)
    world.data.update({"task": "binary", "positive": "dear"})
    world.project["objectives"] = {"metrics": [{"metric": "brier", "validation": 0.1, "n": 400, "acceptable": 0.2}]}
    world.project["decision"] = {
        "threshold": 0.3,
        "costs": {"true_positive": -5, "false_positive": 1},
        "capacity_per_day": 4,
        "review_cost": 1,
        "tiers": [{"name": "sure", "above": 0.6}, {"name": "rest", "above": 0}],
    }


def bare(world: World) -> None:
    del world.project["decision"], world.project["objectives"], world.data["previous_prediction"]
    no_reference(world)


def one_outcome(world: World) -> None:
    world.production = world.production.assign(price="dear")


def one_probability(world: World) -> None:
    world.production = world.production.assign(guess=0.3)


def sure(world: World) -> None:
    world.production = world.production.assign(guess=world.production["guess"].round())


def nearly_sure(world: World) -> None:
    sure(world)
    world.production.loc[world.production.index[7], "guess"] = 0.98


SMALL_CELL = 5
"""What `privacy.small_cell` is where it is not declared: nothing on fewer rows is printed."""

CASES: dict[str, Spoil] = {
    "nothing": unchanged,
    "no reference": no_reference,
    "nothing declared": bare,
    "no labels": no_labels,
    "no time": no_time,
    "no entity": no_entity,
    "no features": no_features,
    "one row": one_row,
    "two rows": two_rows,
    "one day": one_day,
    "a constant column": constant,
    "one outcome alone": one_outcome,
    "one probability": one_probability,
    "nearly sure probabilities": nearly_sure,
}


@pytest.mark.parametrize("name", CASES)
def test_rows_that_can_be_counted_with_are_accepted(tmp_path, name: str):
    world = World(tmp_path / "shop")
    binary(world)
    CASES[name](world)
    accepted(world, world.build("--format", "md"))
    assert len(world.documents()) == 6
    rows = world.production[world.production["price"].notna()]
    if len(rows) < SMALL_CELL:
        assert world.value("performance.brier.production") is None
    else:
        expected = ((rows["guess"] - (rows["price"] == "dear")) ** 2).mean()
        assert world.value("performance.brier.production") == pytest.approx(expected)


def with_a_third_outcome(world: World) -> None:
    binary(world)
    price = world.production["price"].where(world.production["price"] == "dear", "cheap")
    price.iloc[:7] = "returned"
    world.production = world.production.assign(price=price)


def test_a_third_outcome_is_not_taken_for_the_second(tmp_path):
    """What counts as 0 is asked for; said, the third is no outcome, and the error is that of the other two."""
    world = World(tmp_path / "shop")
    with_a_third_outcome(world)
    result = world.build()
    refused(world, result, "'returned' (7 rows)", "which of them count as 0 cannot be told", "data.negative")
    said = World(tmp_path / "said")
    with_a_third_outcome(said)
    said.data["negative"] = ["cheap"]
    accepted(said, said.build())
    rows = said.production[said.production["price"] != "returned"]
    expected = ((rows["guess"] - (rows["price"] == "dear")) ** 2).mean()
    assert said.value("performance.brier.production") == pytest.approx(expected)


def test_decisions_in_the_place_of_probabilities_are_refused(tmp_path):
    world = World(tmp_path / "shop")
    binary(world)
    sure(world)
    result = world.build("--format", "md")
    assert result.exit_code == 2
    assert "guess holds 0 and 1 alone: decisions, not probabilities" in result.output
    assert "predict_proba" in result.output and not world.documents()


def test_outcomes_of_a_few_rows_are_counted_and_not_quoted(tmp_path):
    world = World(tmp_path / "shop")
    with_a_third_outcome(world)
    world.production.iloc[[8, 9, 10], list(world.production.columns).index("price")] = "ZJANE"
    result = world.build()
    refused(world, result, "'returned' (7 rows), 1 other value in fewer than 5 rows each: which of them count as 0")
    assert "ZJANE" not in result.output
