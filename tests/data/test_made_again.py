"""Each case's data and models are what its `make_data` writes, whatever the processor."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLD_PROCESSOR = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Sums run in another order than on the machine that wrote the files, and end with other last digits."""

WRITTEN = ("model.skops", "model_previous.skops", "production_simulation.csv", "truth.json")
STATISTICS = "training_statistics.json"


@pytest.mark.parametrize("case", ["churn", "leadscore", "techmart"])
def test_the_files_of_a_case_are_made_again_to_the_byte(case: str, tmp_path: Path):
    again = tmp_path / "data" / case
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for name in (*WRITTEN, STATISTICS):
        (again / name).write_bytes(b"")
    environment = os.environ | OLD_PROCESSOR | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    made = [sys.executable, "-P", "-m", f"data.{case}.make_data"]
    subprocess.run(made, check=True, env=environment, cwd=tmp_path)
    committed = ROOT / "data" / case
    names = [path.name for path in committed.glob("*.csv")] + [path.name for path in committed.glob("*.onnx")]
    for name in {*WRITTEN, *names}:
        assert (again / name).read_bytes() == (committed / name).read_bytes(), name
    here, there = (dict(leaves(json.loads((folder / STATISTICS).read_text()))) for folder in (committed, again))
    assert there.keys() == here.keys()
    assert not [place for place, one in there.items() if not alike(one, here[place])]


def alike(one: object, other: object) -> bool:
    """Return whether two leaves are the same, numbers but for the last digits of a sum."""
    if isinstance(one, float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other


def leaves(value: object, place: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], object]]:
    """Yield each number and text of a JSON value with its place."""
    if not isinstance(value, dict | list):
        yield place, value
        return
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(part, (*place, key))
