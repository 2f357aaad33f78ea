"""A small healthy project on disk, for tests that spoil one thing of it, and the command that builds it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from typer.testing import CliRunner, Result

from generator.cli import app
from tests.measure.frames import rows

NOT_PRINTED = re.compile(r"(?<![\w.-])(nan|None(?! [a-z])|inf|undefined)(?![\w-])|\{\{|[\ue000-\uf8ff]")


@dataclass
class World:
    """A folder with production rows, training rows and a project file; `save` writes what has been changed."""

    folder: Path
    production: pd.DataFrame = field(default_factory=lambda: rows(days=8, entities=24, seed=2, shift=0.2))
    training: pd.DataFrame = field(default_factory=lambda: rows(days=12, entities=24))
    content: bytes | None = None
    """Bytes of the production file in place of the table's."""
    project: dict[str, Any] = field(
        default_factory=lambda: {
            "project": {"name": "shop"},
            "model": {"name": "pricing", "version": "1", "format": "column"},
            "data": {
                "production": "rows.csv",
                "reference": "training.csv",
                "target": "price",
                "prediction": "guess",
                "previous_prediction": "old",
                "time": "date",
                "entity": "item",
                "segments": [
                    {"column": "city"},
                    {"column": "cost", "name": "cost tier", "quantiles": [0.5], "tiers": ["low", "high"]},
                ],
            },
            "objectives": {"metrics": [{"metric": "rmse", "validation": 3.0, "n": 400, "acceptable": 3.5}]},
        }
    )

    @property
    def data(self) -> Any:
        return self.project["data"]

    @property
    def output(self) -> Path:
        return self.folder / "bundles" / "out"

    def both(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Change production and training alike."""
        self.production, self.training = change(self.production), change(self.training)

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.training.to_csv(self.folder / "training.csv", index=False)
        if self.content is not None:
            (self.folder / "rows.csv").write_bytes(self.content)
        elif not (self.folder / "rows.csv").exists():
            self.production.to_csv(self.folder / "rows.csv", index=False)
        file = self.folder / "dossier.yaml"
        if not file.exists():
            file.write_text(yaml.safe_dump(self.project, sort_keys=False, allow_unicode=True))

    def build(self, *words: str) -> Result:
        """Build the project; a few words more go to the command."""
        self.save()
        if "--format" not in words and "--all" not in words:
            words = (*words, "--format", "md", "--document", "monitoring")
        words = tuple(word for word in words if word != "--all")
        return CliRunner().invoke(app, ["build", str(self.folder), "-o", str(self.output), "--quiet", *words])

    def nothing_left(self) -> bool:
        """Say whether no bundle and no half of one stands anywhere."""
        parent = self.output.parent
        return not parent.exists() or not list(parent.iterdir())

    def results(self) -> Any:
        def refuse(word: str) -> None:
            raise AssertionError(f"{word} in results.json")

        return json.loads((self.output / "results.json").read_text(), parse_constant=refuse)

    def value(self, id: str) -> Any:
        return self.results()["facts"][id]["value"]

    def documents(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.output.glob("*.md")}


def refused(world: World, result: Result, *said: str) -> None:
    """Assert a clear refusal: exit 2, what, where and what would be right, no traceback, nothing written."""
    assert result.exit_code == 2, (result.exit_code, result.output)
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.output
    assert "internal error" not in result.stderr
    for words in said:
        assert words in result.stderr, (words, result.stderr)
    assert re.search(r"^  at ", result.stderr, re.MULTILINE), result.stderr
    assert re.search(r"^  try: ", result.stderr, re.MULTILINE), result.stderr
    assert len(result.stderr.splitlines()) < 40
    assert world.nothing_left()


def accepted(world: World, result: Result) -> None:
    """Assert a correct bundle: exit 0, strict JSON, nothing unprintable in the documents."""
    assert result.exit_code == 0, (result.exit_code, result.output)
    world.results()
    documents = world.documents()
    assert documents
    for name, text in documents.items():
        found = [text[max(0, hit.start() - 40) : hit.end() + 20] for hit in NOT_PRINTED.finditer(text)]
        assert not found, (name, found)
