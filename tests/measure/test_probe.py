"""The probe: samples that any split of the rows gives alike, and what is seen on them."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.measure import probe as probes
from generator.measure.inputs import open_inputs
from generator.measure.passes import fresh_plan
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


def test_any_split_of_the_rows_gives_the_same_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "ROWS", 100)
    rows(days=9, entities=30).to_csv(tmp_path / "production.csv", index=False)
    opened = open_inputs(asked(tmp_path), DuckDB(), ())
    columns = probes.columns_of(opened, fresh_plan(opened))
    batch = opened.engine.fold(probes._scan(opened, columns), lambda part: part, lambda a, b: pa.concat_batches([a, b]))
    assert batch is not None and not {"date", "item"} & set(columns.names)
    whole = probes.sample_of(columns, batch)
    assert len(whole.keys) == 100 and len(np.unique(whole.keys)) == 100
    for cuts in ([0, 7, 150, 270], [0, 269, 270], [0, *range(5, 270, 5), 270]):
        parts = [probes.sample_of(columns, batch.slice(a, b - a)) for a, b in pairwise(cuts)]
        for order in (parts, parts[::-1]):
            again = reduce(probes.merged, order)
            np.testing.assert_array_equal(again.keys, whole.keys)
            np.testing.assert_array_equal(again.values, whole.values)
            np.testing.assert_array_equal(again.entities, whole.entities)


def test_the_sample_is_like_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = rows(days=40, entities=100)
    table.to_csv(tmp_path / "production.csv", index=False)
    monkeypatch.setattr(probes, "ROWS", 1000)
    opened = open_inputs(asked(tmp_path), DuckDB(), ())
    columns = probes.columns_of(opened, fresh_plan(opened))
    sample = probes._sample(opened, columns, 1)
    assert sample is not None and len(sample.keys) == 1000
    for name in columns.numeric:
        got, all_rows = sample.values[:, columns.names.index(name)], table[name]
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
    assert measure(project(tmp_path, reference="production.csv"), DuckDB(), ()).probe is None
