"""A copy of the case in which the training job has run, and its bundle beside that of the version before."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundles import ROOT

CASE = ROOT / "data" / "techmart"
OLD, NEW, DAY = "2026.09.0", "2026.10.0", "2026-10-13"


def retrained(factory: pytest.TempPathFactory, before: Path) -> Path:
    """Return a folder `case` with its `output`, in which `before` is the bundle of the version that was retrained.

    Nothing in it was written by hand; the first worker that asks makes it.
    """
    base = factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    case, done = shared / "retrained", shared / "retrained.done"
    with (shared / "retrained.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(case, ignore_errors=True)
            case.mkdir()
            for file in CASE.iterdir():
                if file.suffix in (".yaml", ".csv", ".skops", ".json"):
                    shutil.copy(file, case)
            shutil.copytree(before, case / "output" / "techmart" / OLD / DAY)
            _run(case, "-m", "data.techmart.retrain", ".")
            _run(case, "-m", "generator", "build", "--format", "md", "--quiet")
            done.touch()
    return case


def _run(case: Path, *words: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *words], cwd=case, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
