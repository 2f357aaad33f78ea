"""One column in two roles is counted as two columns of the same values are."""

from itertools import combinations

import numpy as np
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.project import Feature, Segment
from tests.measure import frames
from tests.measure.test_types import CONTAINERS

ROLES = {
    "prediction": lambda column: {"prediction": column},
    "previous prediction": lambda column: {"previous_prediction": column},
    "benchmark": lambda column: {"benchmark": column},
    "entity": lambda column: {"entity": column},
    "acted on": lambda column: {"acted_on": column},
    "levels": lambda column: {"segments": (Segment(column=column, name="levels"),)},
    "tiers": lambda column: {"segments": (Segment(column=column, name="tiers", quantiles=(0.5,)),)},
    "number": lambda column: {"features": (Feature(name=column, kind="numeric"),)},
    "category": lambda column: {"features": (Feature(name=column, kind="categorical"),)},
    "time": lambda column: {"time": column, "time_format": "YYYYMMDD"},
}
SAME_KEY = [{"levels", "tiers"}, {"number", "category"}]
"""Roles of one key: a column is one kind of feature."""
PAIRS = [pair for pair in combinations(ROLES, 2) if set(pair) not in SAME_KEY]


def counted(folder, container: str, table, first: str, second: str, other: str):
    """Return what is counted where one column has the first role, and `other` the second."""
    name = f"production.{container}"
    {"csv": table.to_csv, "parquet": table.to_parquet}[container](folder / name, index=False)
    keys = {"segments": (), "entity": "item", "features": (Feature(name="cost"),), "previous_prediction": None}
    keys |= {"production": name, **ROLES[first]("code"), **ROLES[second](other)}
    return measure(frames.project(folder, **keys), DuckDB(), ()).production


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_column_in_two_roles_counts_as_two_columns_do(tmp_path, first, second):
    table = frames.rows(6)[["date", "item", "cost", "price", "guess"]]
    days = "time" in (first, second)
    table["code"] = table["copy"] = np.resize([20260301, 20260302, 20260304] if days else [0, 1, 1], len(table))
    wanted = counted(tmp_path, "csv", table, first, second, "copy")
    for container in ("csv", "parquet"):
        found = counted(tmp_path, container, table, first, second, "code")
        assert (found.rows, found.days.tolist()) == (wanted.rows, wanted.days.tolist())
        for one, other in zip(arrays(found), arrays(wanted), strict=True):
            np.testing.assert_array_equal(one, other)


MANY = {
    "shares": ("prediction", "previous prediction", "benchmark", "entity", "acted on", "levels", "category"),
    "numbers": ("prediction", "benchmark", "entity", "acted on", "tiers", "number"),
    "days": ("entity", "levels", "number", "time"),
    "days as levels": ("previous prediction", "entity", "tiers", "category", "time"),
    "texts": ("entity", "levels", "category"),
    "days as texts": ("entity", "levels", "category", "time"),
}
"""What a column holds → the roles that it has at once."""


def values(kind: str, rows: int) -> np.ndarray:
    held: list[object] = ["2026-03-01", "2026-03-02", "2026-03-04"] if kind == "days as texts" else ["01", "1", "NA"]
    if "texts" not in kind:
        held = [20260301, 20260302, 20260304] if "days" in kind else [0, 1, 1]
    return np.resize(np.array(held, dtype=object if "texts" in kind else np.int64), rows)


def of_roles(folder, name: str, kind: str, columns) -> object:
    """Return what is counted where each role of a kind has a column of its own, or all have the same."""
    keys = {"segments": (), "entity": "item", "features": (Feature(name="cost"),), "previous_prediction": None}
    keys["production"] = name
    for role, column in zip(MANY[kind], columns, strict=True):
        keys |= ROLES[role](column)
    if kind == "days as texts":
        keys["time_format"] = None
    return measure(frames.project(folder, **keys), DuckDB(), ()).production


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("kind", MANY)
def test_one_column_in_several_roles_counts_alike_in_every_container(tmp_path, kind, container):
    table = frames.rows(6)[["date", "item", "cost", "price", "guess"]].assign(half=0)
    table["half"] = np.arange(len(table)) % 2
    own = [f"copy_{place}" for place, _ in enumerate(MANY[kind])]
    apart = table.assign(**dict.fromkeys(own, values(kind, len(table))))
    apart.to_csv(tmp_path / "apart.csv", index=False)
    CONTAINERS[container](table.assign(code=values(kind, len(table))), tmp_path / f"rows.{container}")
    wanted = of_roles(tmp_path, "apart.csv", kind, own)
    found = of_roles(tmp_path, f"rows.{container}", kind, ["code"] * len(own))
    assert (found.rows, found.days.tolist()) == (wanted.rows, wanted.days.tolist())
    rows = container == "folder"  # its parts are read one after the other: sums are of another order
    for one, other in zip(arrays(found), arrays(wanted), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9 if rows else 0)


def arrays(sums) -> list[np.ndarray]:
    """Return all that is counted by day, by level of a segment, by group of entities, and of errors."""
    cells = [cell for cell in (sums.day, sums.level, sums.group) if cell is not None]
    counted = [part for cell in cells for part in (cell.rows, cell.moments.n, cell.moments.mean, cell.moments.m2)]
    return [*counted, sums.total.mean, sums.total.m2, sums.nulls, sums.slots, sums.errors]
