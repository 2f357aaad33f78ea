"""Files in a folder → a project that `init` starts, with a few lines added, built; and its results beside the rows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.cli import app
from tests.conftest import REAL_DATA

ALARMS = ("performance", "drift", "missing", "unseen", "correlation", "calibration", "prediction", "fairness")
"""Kinds of findings that say something has changed or is wrong."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A bundle of Markdown."""

    bundle: Path
    results: dict[str, Any]

    def value(self, id: str) -> Any:
        return self.results["facts"][id]["value"]

    def fact(self, id: str) -> dict[str, Any]:
        return dict(self.results["facts"][id])

    def text(self, document: str) -> str:
        return " ".join((self.bundle / f"{document}.md").read_text(encoding="utf-8").split())

    def found(self, *kinds: str, sure: bool = True) -> list[tuple[str, str]]:
        """Kind and subject of the findings of these kinds, the merely watched ones only where asked for."""
        words = {"confirmed", "severe"} if sure else {"watch", "confirmed", "severe"}
        findings = [each for each in self.results["findings"] if each["severity"] in words]
        return [(each["kind"], each["subject"]) for each in findings if not kinds or each["kind"] in kinds]


def source(name: str) -> Path:
    """The file of that name among the real data, or a failed test that says what is not there."""
    path = REAL_DATA / name
    if not path.is_file():
        pytest.fail(f"{path.name} is not beside the repository: the real data are incomplete")
    return path


def started(
    folder: Path,
    *words: str,
    add: str = "",
    into_data: str = "",
    replaced: dict[str, str] | None = None,
    as_of: str = "",
) -> Built:
    """Start a project with `init` in `folder`, add lines at its end and under `data`, replace some, and build it."""
    run = CliRunner()
    done = run.invoke(app, ["init", str(folder / "project"), *words, "--quiet"])
    assert done.exit_code == 0, done.output
    file = folder / "project" / "dossier.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("\ndata:\n", f"\ndata:\n{into_data}", 1) + add
    for old, new in (replaced or {}).items():
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    dated = ["--as-of", as_of] if as_of else []
    out = folder / "bundle"
    done = run.invoke(app, ["build", str(file), "-o", str(out), "--format", "md", "--quiet", *dated])
    assert done.exit_code == 0, done.output
    return Built(bundle=out, results=json.loads((out / "results.json").read_text(encoding="utf-8")))
