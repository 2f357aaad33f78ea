"""What stands on fewer rows than `privacy.small_cell` reaches no bundle and no statistics file, whatever its axis."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.conclude._small_cells import withhold
from generator.measure.small_cells import blurred
from generator.measure.statistics import compact, read_statistics
from generator.records.evidence import Claim, Evidence, finding
from generator.records.fact import Fact
from generator.records.shelf import Shelf
from generator.records.table import Column, Table
from tests.hostile.world import World, accepted

GUESS, PRICE, COST = 54.3217, 12345.6789, 777.1234567


def with_rows(rows: pd.DataFrame, many: int, **values: object) -> pd.DataFrame:
    """Append so many rows that are like the first, but for these values; numbers differ from row to row."""
    new = rows.iloc[[0] * many].copy()
    for column, value in values.items():
        new[column] = pd.Series([value + k / 16 if isinstance(value, float) else value for k in range(many)]).to_numpy()
    return pd.concat([rows, new], ignore_index=True)


PLANTED: dict[str, dict[str, object]] = {
    "a day": {"date": "2026-03-09"},
    "a level": {"city": "ZPLANT"},
    "a level on a day": {"date": "2026-03-04", "city": "Linz", "item": "I999"},
    "an unseen level": {"brand": "ZPLANT"},
    "an entity": {"item": "ZPLANT", "date": "2026-03-02"},
}


def leaks(folder: Path, *texts: str) -> Iterator[str]:
    """Yield every place of a bundle in which a text stands."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().decode("utf-8", errors="ignore")
            yield from (f"{text} in {path.name}" for text in texts if text in content)


@pytest.mark.parametrize("many", [1, 4])
def test_a_few_rows_are_nowhere_in_a_bundle(tmp_path: Path, many: int):
    world = World(folder=tmp_path / "case")
    world.project["privacy"] = {"list_entities": True}
    prices = [PRICE + 1000 * k for k in range(len(PLANTED))]
    for price, values in zip(prices, PLANTED.values(), strict=True):
        world.production = with_rows(world.production, many, guess=GUESS, price=price, cost=COST, **values)
    world.training = with_rows(world.training, many, guess=GUESS, price=PRICE, cost=COST, city="ZPLANT")
    accepted(world, world.build("--all", "--format", "html", "--format", "md"))
    shown = [f"{number:{form}}" for price in prices for number in (price, price - GUESS) for form in (".4f", ",.2f")]
    assert not list(leaks(world.output, "ZPLANT", "54.32", "777.12", *shown))
    assert world.value("privacy.withheld.days") >= 1
    assert "2026-03-09" not in {row[0] for row in rows_of(world, "performance.daily")}
    found = json.loads((world.output / "results.json").read_text())["subjects"]["Performance"]
    assert found["days"] and "2026-03-09" not in {day["date"] for day in found["days"]}
    assert "ays left out" in "".join(world.documents().values())


def rows_of(world: World, table: str) -> list[list[str]]:
    return [line.split(",") for line in (world.output / "tables" / f"{table}.csv").read_text().splitlines()[1:]]


def test_days_of_enough_rows_stay(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    accepted(world, world.build("--all", "--document", "monitoring"))
    assert world.value("privacy.withheld.days") == 0
    assert len(rows_of(world, "performance.daily")) == 8
    golden = "".join(path.read_text() for path in world.output.rglob("*golden*") if path.is_file())
    rows = world.production[["cost", "weight", "rating"]].dropna().to_numpy().tolist()
    assert not [row for row in rows if all(str(value) in golden for value in row)]  # made up, not copied


def statistics_of(world: World, *words: str) -> str:
    world.save()
    made = world.folder / "made.json"
    words = ("--target", "price", "--prediction", "guess", "--entity", "item", "--exclude", "old", *words)
    result = CliRunner().invoke(app, ["profile", str(world.folder / "training.csv"), "-q", "-o", str(made), *words])
    assert result.exit_code == 0, result.output
    return made.read_text()


@pytest.mark.parametrize(("many", "named"), [(4, False), (5, True)])
def test_a_level_of_few_rows_is_not_in_the_statistics(tmp_path: Path, many: int, named: bool):
    world = World(folder=tmp_path / "case")
    world.training = with_rows(world.training, many, city="ZPLANT", brand="ZBRAND")
    text = statistics_of(world, "--segment", "city")
    assert ("ZPLANT" in text, "ZBRAND" in text) == (named, named)


def test_no_extreme_value_is_in_the_statistics(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.training = with_rows(world.training, 1, cost=COST, price=PRICE, guess=GUESS)
    text = statistics_of(world)
    assert not [secret for secret in ("777.12", "12345.67", "12291.35") if secret in text]
    low, high = world.training["cost"].min(), world.training["cost"].max()
    assert not {f"{low:g}", f"{high:g}"} & set(text.replace("[", ",").replace("]", ",").split(","))


@pytest.mark.parametrize("items", [3, 200])
def test_a_group_of_few_rows_does_not_tell_them(tmp_path: Path, items: int):
    world = World(folder=tmp_path / "case")
    kept = world.training.head(300).copy()
    kept["item"] = [f"I{k % items}" for k in range(len(kept))]
    world.training = kept
    plan, sums = read_statistics(statistics_of(world).encode(), "made")
    group = sums.group
    assert group is not None and sums.entities is not None
    assert not ((group.rows > 0) & (group.rows < 5)).any()
    assert group.rows.sum() == len(kept) and sums.entities.sum() == items
    place = plan.numeric.index("cost")
    assert group.moments.n[:, place].sum() == kept["cost"].count()
    pooled = (group.moments.n * group.moments.mean).sum(axis=0)[place] / kept["cost"].count()
    assert pooled == pytest.approx(kept["cost"].mean(), rel=1e-9)


def test_a_rare_column_in_a_group_takes_the_mean_of_all(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.training = world.training.copy()
    world.training["rating"] = world.training["rating"].where(np.arange(len(world.training)) % 17 == 0)
    plan, sums = read_statistics(statistics_of(world).encode(), "made")
    assert sums.group is not None
    place, cells = plan.numeric.index("rating"), sums.group.moments
    few = (cells.n[:, place] > 0) & (cells.n[:, place] < 5)
    assert few.any()
    assert cells.mean[few, place] == pytest.approx(world.training["rating"].mean(), rel=1e-9)


def test_what_has_enough_rows_is_as_it_was(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    _, sums = read_statistics(statistics_of(world).encode(), "made")
    again = blurred(sums, 5)
    assert again.group is not None and sums.group is not None
    assert np.array_equal(again.group.moments.mean, sums.group.moments.mean)
    assert compact(again).rows == sums.rows


# The gate itself.

COLUMNS = (Column(key="date", label="Date"), Column(key="mean", label="Mean"))


def fact(id: str, n: int | None, value: float = 1.5) -> Fact:
    return Fact(id=id, value=value, n=n, label=id)


def table(*sizes: int, columns: tuple[Column, ...] = COLUMNS, note: tuple[str | Fact, ...] = ()) -> Table:
    rows = tuple((f"day {k}", fact(f"mean.{k}", n)) for k, n in enumerate(sizes))
    return Table(id="t", title="T", columns=columns, rows=rows, note=note)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ((9, 9, 9), [0, 1, 2]),
        ((9, 5, 9), [0, 1, 2]),
        ((9, 2, 9, 8), [0, 2]),  # one more day goes, so that the total less the others tells of more than two rows
        ((4, 2, 9, 8), [2, 3]),
        ((4, 0, 9), []),  # a day without rows tells nothing, and hides nothing
    ],
)
def test_days_are_left_out_so_that_no_difference_tells_them(sizes: tuple[int, ...], kept: list[int]):
    found = withhold(Evidence(tables=(table(*sizes),)), 5).tables[0]
    days = [str(row[0]) for row in found.rows]
    assert [day for day in days if day != "day 1" or sizes[1]] == [f"day {k}" for k in kept]


def test_levels_go_alone():
    levels = (Column(key="level", label="Level"), Column(key="mean", label="Mean"))
    metrics = (Column(key="metric", label="Metric"), Column(key="mean", label="Mean"))
    (row,) = withhold(Evidence(tables=(table(2, columns=metrics),)), 5).tables[0].rows
    assert isinstance(row[1], Fact) and row[1].value is None
    found = withhold(Evidence(tables=(table(9, 2, 9, columns=levels),)), 5).tables[0]
    assert [row[0] for row in found.rows] == ["day 0", "day 2"]
    assert [part.value for part in found.note if isinstance(part, Fact)] == [1]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A result with a part for each level, one part named."""

    levels: tuple[tuple[str, Fact], ...]
    by_name: Mapping[str, Fact]


def test_parts_of_results_go_with_the_rows_that_show_them():
    levels = (Column(key="level", label="Level"), Column(key="mean", label="Mean"))
    shown = table(9, 2, columns=levels)
    rows = {str(row[0]): row[1] for row in shown.rows if isinstance(row[1], Fact)}
    parts = Parts(levels=tuple(rows.items()), by_name=rows)
    kept = withhold(Evidence(tables=(shown,), shelf=Shelf().added(parts)), 5).shelf[Parts]
    assert [name for name, _ in kept.levels] == list(kept.by_name) == ["day 0"]


def test_facts_and_findings_on_few_rows_are_left_out():
    small, large, declared = fact("a", 4), fact("b", 5), replace(fact("c", 2), origin="declared")
    claims = [Claim(what="w", relation="above", value=each) for each in (small, large)]
    found = [finding(each.value.id, "k", "watch", "s", ("said",), each) for each in claims if each.value]
    made = withhold(Evidence(facts=(small, large, declared), findings=tuple(found)), 5)
    assert [one.id for one in made.findings] == ["b"]
    assert (made.fact("a").value, made.fact("b").value, made.fact("c").value) == (None, 1.5, 1.5)
    assert "privacy.small_cell" in made.fact("a").reason
    assert withhold(Evidence(facts=(small,)), 0).fact("a").value == 1.5


def test_a_note_on_few_rows_is_left_out():
    assert withhold(Evidence(tables=(table(9, note=("of ", fact("a", 3))),)), 5).tables[0].note == ()
