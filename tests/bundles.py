"""Bundles that several test modules read: built once in a run, by a process of their own."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def dossier(*words: str | Path, seed: int, zone: str) -> None:
    """Run the program in a process of its own, with this hash seed and time zone."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "TZ": zone}
    command = [sys.executable, "-m", "generator", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def once(factory: pytest.TempPathFactory, name: str, *words: str | Path, seed: int = 1, zone: str = "UTC") -> Path:
    """Return a folder that `words` fill, made by the first worker that asks; the others wait for it."""
    shared = factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()
    target, failed = shared / name, shared / f"{name}.failed"
    target.parent.mkdir(exist_ok=True)
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


def in_markdown(factory: pytest.TempPathFactory, case: str) -> Path:
    """Return the bundle of a worked case, in Markdown alone."""
    return once(factory, case, "build", ROOT / "data" / case, "--format", "md", "--quiet")


def whole(factory: pytest.TempPathFactory, case: str) -> Path:
    """Return the whole bundle of a worked case: all documents, three formats."""
    return once(factory, f"whole/{case}", "build", ROOT / "data" / case, "--quiet")


def summary_of(factory: pytest.TempPathFactory, case: str, bundle: Path) -> Path:
    """Return the executive summary of a case's bundle as a PDF."""
    words = ("render", bundle, "--format", "pdf", "--document", "executive-summary", "--quiet")
    return once(factory, f"{case}-summary", *words) / "executive-summary.pdf"


def results_of(bundle: Path) -> Any:
    """Return what `results.json` holds."""
    return json.loads((bundle / "results.json").read_text())
