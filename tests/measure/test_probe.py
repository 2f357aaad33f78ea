"""The probe: samples that any split of the rows gives alike, and what is seen on them."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import reduce
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure, passes
from generator.measure import probe as probes
from generator.measure import sample as samples
from generator.measure.inputs import open_inputs, scan_of
from generator.measure.lens import BatchColumns
from generator.measure.passes import fresh_plan
from generator.measure.sample import Sample
from generator.records.cells import Probe
from generator.records.project import DriftPolicy, Policies, Project
from tests.measure.frames import project, rows


def asked(folder: Path, **changes: object) -> Project:
    made = project(folder, **changes)
    policies = Policies(drift=DriftPolicy(domain_classifier=True))
    return replace(made, settings=replace(made.settings, policies=policies))


def seen(folder: Path, training: pd.DataFrame, production: pd.DataFrame, **changes: object) -> Probe | None:
    training.to_csv(folder / "training.csv", index=False)
    production.to_csv(folder / "production.csv", index=False)
    return measure(asked(folder, reference="training.csv", **changes), DuckDB(), ()).probe


def looked_at(folder: Path) -> tuple[pa.RecordBatch, Callable[[pa.RecordBatch], Sample]]:
    """Return all rows of the folder's production in one batch, and what makes a sample of a batch."""
    opened = open_inputs(asked(folder), DuckDB(), ())
    plan = fresh_plan(opened)
    scan = scan_of(opened, plan.numeric, plan.categorical)
    batch = opened.engine.fold(scan, lambda part: part, lambda a, b: pa.concat_batches([a, b]))
    assert batch is not None
    lens = passes._lens(opened, plan, None)
    return batch, lambda part: samples.sample_of(BatchColumns(lens, part).rows(), plan)


def test_any_split_of_the_rows_gives_the_same_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "ROWS", 100)
    rows(days=9, entities=30).to_csv(tmp_path / "production.csv", index=False)
    batch, sampled = looked_at(tmp_path)
    whole = sampled(batch)
    assert len(whole.keys) == 100 and len(np.unique(whole.keys)) == 100
    for cuts in ([0, 7, 150, 270], [0, 269, 270], [0, *range(5, 270, 5), 270]):
        parts = [sampled(batch.slice(a, b - a)) for a, b in pairwise(cuts)]
        for order in (parts, parts[::-1]):
            again = reduce(samples.merged, order)
            for one in fields(Sample):
                left, right = (pd.DataFrame(getattr(side, one.name)) for side in (again, whole))
                pd.testing.assert_frame_equal(left, right)


def test_neither_time_nor_entity_is_looked_at(tmp_path: Path) -> None:
    rows(days=9, entities=30).to_csv(tmp_path / "production.csv", index=False)
    made = asked(tmp_path)
    columns = probes.columns_of(made.settings.data, fresh_plan(open_inputs(made, DuckDB(), ())))
    assert columns.names and not {"date", "item"} & set(columns.names)


def test_the_sample_is_like_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = rows(days=40, entities=100)
    table.to_csv(tmp_path / "production.csv", index=False)
    monkeypatch.setattr(samples, "ROWS", 1000)
    batch, sampled = looked_at(tmp_path)
    sample, plan = sampled(batch), fresh_plan(open_inputs(asked(tmp_path), DuckDB(), ()))
    assert len(sample.keys) == 1000
    for place, name in enumerate(plan.numeric):
        got, all_rows = sample.numbers[:, place], table[name]
        assert abs(np.nanmean(got) - all_rows.mean()) < 4 * all_rows.std() / np.sqrt(1000)


def test_the_same_process_is_alike_and_a_shifted_one_is_not(tmp_path: Path) -> None:
    one = seen(tmp_path, rows(days=8, entities=90, seed=1), rows(days=8, entities=90, seed=2))
    assert one is not None and abs(one.auc - 0.5) < 3.5 * one.auc_se
    other = seen(tmp_path, rows(days=8, entities=90, seed=1), rows(days=8, entities=90, seed=2, shift=0.6))
    assert other is not None and other.auc > 0.7 and other.features[0] == "cost"
    assert (other.rows, other.groups) == ((720, 720), 8)


def test_the_same_rows_give_the_same_numbers(tmp_path: Path) -> None:
    sides = rows(days=6, entities=90, seed=1), rows(days=6, entities=90, seed=2, shift=0.3)
    one, two = seen(tmp_path, *sides), seen(tmp_path, *(side.sample(frac=1, random_state=3) for side in sides))
    assert one is not None and two is not None
    assert (one.auc, one.auc_se, one.ess, one.features) == (two.auc, two.auc_se, two.ess, two.features)
    np.testing.assert_array_equal(one.importance, two.importance)


def test_too_few_entities_are_a_reason(tmp_path: Path) -> None:
    one = seen(tmp_path, rows(days=8, entities=20, seed=1), rows(days=8, entities=20, seed=2))
    assert one is not None and np.isnan(one.auc) and "too few entities" in one.reason


def test_unasked_and_without_training_rows_there_is_none(tmp_path: Path) -> None:
    rows().to_csv(tmp_path / "production.csv", index=False)
    assert measure(asked(tmp_path), DuckDB(), ()).probe is None
    rows(seed=2).to_csv(tmp_path / "training.csv", index=False)
    assert measure(project(tmp_path, reference="training.csv"), DuckDB(), ()).probe is None
