"""One column in two roles is counted as two columns of the same values are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.project import Feature, Segment
from tests.measure import frames

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


def arrays(sums) -> list[np.ndarray]:
    """Return all that is counted by day, by level of a segment, by group of entities, and of errors."""
    cells = [cell for cell in (sums.day, sums.level, sums.group) if cell is not None]
    counted = [part for cell in cells for part in (cell.rows, cell.moments.n, cell.moments.mean, cell.moments.m2)]
    return [*counted, sums.total.mean, sums.total.m2, sums.nulls, sums.slots, sums.errors]
