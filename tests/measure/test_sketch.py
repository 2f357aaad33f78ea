"""What a plan is made of: samples of numbers, and texts of which the rarest are forgotten."""

import numpy as np
import pyarrow as pa

from generator.engines import Scan, SourceTable
from generator.measure import sketch


def seen(texts, numbers):
    scan = Scan(table=SourceTable(files=()), numeric=("x",), text=("t",))
    look, merge = sketch.sketching(scan, len(numbers))
    batches = [
        pa.record_batch({"x": pa.array(numbers[i : i + 10], pa.float64()), "t": texts[i : i + 10]})
        for i in range(0, len(numbers), 10)
    ]
    found = look(batches[0])
    for batch in batches[1:]:
        found = merge(found, look(batch))
    return found


def test_samples_stand_in_the_order_of_the_rows():
    found = seen(["a"] * 35, np.arange(35.0))
    np.testing.assert_array_equal(found.values[:, 0], np.arange(35.0))
    assert found.texts == {"t": {"a": 35}}


def test_of_too_many_texts_the_rarest_are_forgotten(monkeypatch):
    monkeypatch.setattr(sketch, "TEXTS", 12)
    common = [f"common {n}" for n in range(4)] * 2
    texts = [text for n in range(30) for text in (*common, f"once {n}", f"twice {n // 2}")]
    found = seen(texts, np.zeros(len(texts)))
    assert len(found.texts["t"]) <= 12
    assert {text: rows for text, rows in found.texts["t"].items() if text.startswith("common")} == dict.fromkeys(
        common, 60
    )


def test_of_many_columns_fewer_rows_are_kept():
    assert [sketch.stride(1_000_000, columns) for columns in (0, 1, 200, 400, 2_000, 50_000)] == [5, 5, 5, 10, 50, 100]
    assert [sketch.stride(rows, 50) for rows in (0, 1, 200_000, 200_001)] == [1, 1, 1, 2]
