"""Any split of the rows into batches gives the same ledger: counts exactly, moments to 1e-9."""

from functools import reduce
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.engines import DAY
from generator.engines.duckdb import DuckDB
from generator.measure import state
from generator.measure.inputs import open_inputs, scan_of
from generator.measure.lens import BatchColumns, Lens
from generator.measure.passes import fresh_plan
from generator.scoring import skops
from tests.measure.frames import project, rows


def weekdays(rows, _plan):
    """Return the rows by day of the week: a count that a subject brings."""
    return np.bincount(rows.days % 7, minlength=7).astype(np.float64)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("split")
    rows(days=9, entities=30).to_csv(folder / "production.csv", index=False)
    opened = open_inputs(project(folder), DuckDB(), (skops.READER,))
    plan = fresh_plan(opened)
    lens = Lens(
        plan=plan, roles=opened.roles, model=None, previous=None, naive=None, extreme=5.0, counts={"own": weekdays}
    )
    batch = opened.engine.fold(
        scan_of(opened, plan.numeric, plan.categorical), lambda part: part, lambda a, b: pa.concat_batches([a, b])
    )
    return lens, batch


def folded(lens, batches):
    parts = [state.partial(BatchColumns(lens, batch).rows(), lens) for batch in batches]
    return state.finish(reduce(state.merge, parts))


@given(cuts=st.lists(st.integers(1, 269), max_size=6), seed=st.integers(0, 5))
@settings(max_examples=25)
def test_any_split_in_any_order(whole, cuts, seed):
    lens, batch = whole
    ends = sorted({0, *cuts, batch.num_rows})
    parts = [batch.slice(a, b - a) for a, b in pairwise(ends)]
    np.random.default_rng(seed).shuffle(parts)
    one, many = folded(lens, [batch]), folded(lens, parts)
    for name in ("nulls", "nans", "slots", "slots_day", "slots_group", "errors", "entities", "days"):
        np.testing.assert_array_equal(getattr(one, name), getattr(many, name), err_msg=name)
    np.testing.assert_array_equal(one.own["own"], many.own["own"])
    assert one.own["own"].sum() == batch.num_rows and one.unseen == many.unseen
    assert one.extremes == many.extremes
    for a, b in zip(one.grid, many.grid, strict=True):
        np.testing.assert_array_equal(a, b)
    for axis in ("day", "level", "group"):
        x, y = getattr(one, axis), getattr(many, axis)
        np.testing.assert_array_equal(x.rows, y.rows)
        np.testing.assert_allclose(x.moments.mean, y.moments.mean, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(x.moments.m2, y.moments.m2, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.total.m4, many.total.m4, rtol=1e-9)
    for name in ("day", "group", "day_level", "group_level"):
        np.testing.assert_allclose(getattr(one.losses, name), getattr(many.losses, name), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.pairs.x, many.pairs.x, rtol=1e-9, atol=1e-9)


def test_a_large_offset_loses_no_digits(whole):
    lens, batch = whole
    index = batch.schema.get_field_index("weight")
    moved = batch.set_column(index, "weight", pa.array(np.asarray(batch.column("weight")) + 1e9))
    place = lens.plan.numeric.index("weight")
    plain, shifted = folded(lens, [batch]), folded(lens, [moved.slice(0, 100), moved.slice(100)])
    assert shifted.total.m2[place] == pytest.approx(plain.total.m2[place], rel=1e-6)
    assert shifted.group.moments.m2[:, place].sum() == pytest.approx(plain.group.moments.m2[:, place].sum(), rel=1e-6)


def test_rows_without_a_date_keep_a_place_of_their_own(whole):
    lens, batch = whole
    index = batch.schema.get_field_index(DAY)
    undated = batch.set_column(index, DAY, pa.nulls(batch.num_rows, pa.int32()))
    sums = folded(lens, [batch.slice(0, 50), undated.slice(50)])
    assert sums.days[0] == -1
    assert sums.day.rows[0] == batch.num_rows - 50
