"""TechMart's bundle, built once per test run, and what an independent reading of the same files gives."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.measure.late import binary, filling, predictions
from tests.techmart.reference import Reference, read

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "data" / "techmart"


def dossier(*words: str | Path, seed: int, zone: str) -> None:
    """Run the program in a process of its own, with this hash seed and time zone."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "TZ": zone}
    command = [sys.executable, "-m", "generator", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def once(factory: pytest.TempPathFactory, name: str, *words: str | Path, seed: int, zone: str) -> Path:
    """Return a folder that `words` fill, made by the first worker that asks; the others wait for it."""
    shared = factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()
    target, failed = shared / name, shared / f"{name}.failed"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if failed.exists():
            pytest.fail(failed.read_text(), pytrace=False)
        if not target.exists():
            try:
                dossier(*words, "-o", target, seed=seed, zone=zone)
            except AssertionError as error:
                failed.write_text(str(error))
                raise
    return target


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole bundle: five documents, three formats."""
    return once(tmp_path_factory, "techmart", "build", CASE, "--quiet", seed=1, zone="UTC")


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same bundle built again elsewhere: other hash seed, other time zone, one thread."""
    return once(tmp_path_factory, "twin", "build", CASE, "--jobs", "1", "--quiet", seed=2, zone="Asia/Tokyo")


@pytest.fixture(scope="session")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of the churn case, a binary model, in Markdown alone."""
    words = ("build", ROOT / "data" / "churn", "--format", "md", "--quiet")
    built = once(tmp_path_factory, "churn", *words, seed=1, zone="UTC")
    return json.loads((built / "results.json").read_text())


@pytest.fixture(scope="session")
def late(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The ids of what is known of outcomes in a file of their own."""
    frame = predictions()
    outcomes = filling(frame).assign(price=lambda table: (table["price"] > 60).astype(int))
    found = binary(tmp_path_factory.mktemp("late"), frame, outcomes)
    return frozenset({*(fact.id for fact in found.facts), *(f"tables.{table.id}" for table in found.tables)})


@pytest.fixture(scope="session")
def results(bundle: Path) -> Any:
    """What `results.json` holds."""
    return json.loads((bundle / "results.json").read_text())


@pytest.fixture(scope="session")
def facts(results: dict[str, Any]) -> Any:
    return results["facts"]


@pytest.fixture(scope="session")
def truth() -> Any:
    """What was planted."""
    return json.loads((CASE / "truth.json").read_text())


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The case's own files, read without the program."""
    return read(CASE)


@pytest.fixture(scope="session")
def training() -> pd.DataFrame:
    """The training rows, made again from their seed."""
    from data.techmart.make_data import training_rows

    return training_rows()
