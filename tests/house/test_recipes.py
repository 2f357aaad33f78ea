"""The recipes of `generator/README.md`, carried out in a copy of the house: each is one file or room and one line."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import skops.io
import yaml
from sklearn.linear_model import LinearRegression

from tests.worlds.world import project, world

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ["x0", "x1", "x2"]

TIDES = '''"""How far the rows of the days lie apart."""

import numpy as np

from generator.estimates.facts import number
from generator.estimates.intervals import COLUMN
from generator.records.evidence import Evidence
from generator.records.fact import facts_of
from generator.records.plugin import Subject
from generator.results.words import quantities, tables
from generator.subjects.tides.found import Tides

QUANTITY, TABLE = quantities(__file__), tables(__file__)


def count(batch, plan):
    """Return the rows of each day of the week."""
    return np.bincount(batch.days % 7, minlength=7).astype(np.float64)


def find(project, ledger):
    """Return the rows of the fullest and of the emptiest day, and of the fullest day of the week."""
    rows, week = ledger.production.losses.day[:, COLUMN["n"]], ledger.production.own["tides"]
    return Tides(
        high=number(QUANTITY("tides.high"), rows.max()),
        low=number(QUANTITY("tides.low"), rows.min()),
        week=number(QUANTITY("tides.week"), week.max()),
    )


def show(found):
    """Return both and a table of them."""
    made = TABLE("tides.both", (("high", found.high), ("low", found.low)))
    return Evidence(facts=tuple(facts_of(found)), tables=(made,))


SUBJECT = Subject(id="tides", title="Tides", find=find, show=show, count=count)
'''
FOUND = '''"""What the room of tides finds."""

from dataclasses import dataclass

from generator.records.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Tides:
    """Rows of the fullest and of the emptiest day."""

    high: Fact
    low: Fact
    week: Fact
'''
WORDS = """["tides.high"]
label = "Rows of the fullest day"
unit = "rows"

["tides.low"]
label = "Rows of the emptiest day"
unit = "rows"

["tides.week"]
label = "Rows of the fullest day of the week"
unit = "rows"

[tables."tides.both"]
title = "Tides"
columns = ["*tide", "rows: Rows (rows)"]
"""
DRAW = '''"""Both tides as bars."""

from generator.figures._canvas import panel, picture
from generator.records.fact import Sentence
from generator.records.figure import Drawing, Figure
from generator.subjects.tides.found import Tides


def draw(results):
    """Return two bars."""
    found = results.shelf[Tides]
    svg = picture("tides", 40.0, lambda sheet: panel(sheet).bar([0, 1], [found.high.number, found.low.number]))
    return Drawing(svg=svg, alt=("Rows of the fullest day: ", found.high))


FIGURE = Figure(id="tides", title="Tides", draw=draw)
'''
TEMPLATE = """{# For readers of tides. #}

## Tides

The fullest day has {{ tides.high }}.

{{ table(tables.tides.both, caption='Both tides') }}

{{ figure(figures.tides, caption='The same as bars') }}
"""
FORMAT = '''"""A document as a list of its parts."""

from generator.records.artifact import Artifact
from generator.records.format import Format


def render(document, needed):
    """Return the kinds of the document's nodes, a line each."""
    return Artifact(path=f"{document.id}.parts", content="\\n".join(type(n).__name__ for n in document.nodes).encode())


FORMAT = Format(id="parts", title="List of parts", suffix="parts", render=render)
'''
COMPANION = '''"""The fullest day for machines."""

from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.subjects.tides.found import Tides


def export(results):
    """Return `tides.txt`."""
    return Artifact(path="tides.txt", content=f"{results.shelf[Tides].high.number:.0f}\\n".encode())


COMPANION = Companion(id="tides", title="The fullest day (tides.txt)", export=export)
'''
ENGINE = '''"""DuckDB under another name."""

from generator.engines import duckdb
from generator.records.plugin import EngineSpec

ENGINE = EngineSpec(id="again", title="DuckDB again", open=duckdb.ENGINE.open)
'''
READER = '''"""skops files whose bytes stand in the reverse order."""

from generator.records.plugin import Reader
from generator.scoring._foreign import opened


def open_model(content, declared, folder=None):
    """Open the file."""
    return opened("skops", content[::-1], declared, folder)


READER = Reader(id="backwards", title="skops backwards", open=open_model)
'''
FILES = {
    "generator/subjects/tides/__init__.py": '"""How far the rows of the days lie apart."""\n',
    "generator/subjects/tides/tides.py": TIDES,
    "generator/subjects/tides/found.py": FOUND,
    "generator/subjects/tides/words.toml": WORDS,
    "generator/subjects/tides/draw_tides.py": DRAW,
    "templates/documents/tide-table.md.j2": TEMPLATE,
    "generator/render/parts.py": FORMAT,
    "generator/export/tides.py": COMPANION,
    "generator/engines/again.py": ENGINE,
    "generator/scoring/backwards.py": READER,
}
LINES = {
    "_analyses": "generator.subjects.tides tides SUBJECT",
    "_figures": "generator.subjects.tides draw_tides FIGURE",
    "_formats": "generator.render parts FORMAT",
    "_companions": "generator.export tides COMPANION",
    "_engines": "generator.engines again ENGINE",
    "_readers": "generator.scoring backwards READER",
}
EDITS = {
    "generator/records/named.py": ('"skops", ', '"skops", "backwards", '),
    "generator/records/quality.py": (
        "REGRESSION: dict[str, Quality] = {",
        'REGRESSION: dict[str, Quality] = {"mse": Quality(title="Mean squared error", name="MSE"), ',
    ),
    "generator/estimates/intervals.py": (
        "RATIOS: dict[str, Ratio] = {",
        'RATIOS: dict[str, Ratio] = {"mse": Ratio(top="e2", bottom="n", square="e4"), ',
    ),
    "generator/records/project/objectives.py": ('        "wape",', '        "wape", "mse",'),
}
"""What recipes add to a line that is there."""
DOCUMENT = 'DocumentKind(id="tide-table", code="TID", title="Tide table"),'


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the house with all additions builds of a world, with the new engine, reader and format."""
    house = tmp_path_factory.mktemp("house")
    for name in ("generator", "templates"):
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in FILES.items():
        (house / path).parent.mkdir(exist_ok=True)
        (house / path).write_text(text, encoding="utf-8")
    catalog = house / "generator/catalog.py"
    catalog.write_text(extended(catalog.read_text(encoding="utf-8")), encoding="utf-8")
    for path, (line, longer) in EDITS.items():
        text = (house / path).read_text(encoding="utf-8")
        assert text.count(line) == 1, path
        (house / path).write_text(text.replace(line, longer), encoding="utf-8")
    words = ["build", str(modelled(tmp_path_factory.mktemp("project"))), "-o", str(house / "bundle"), "--quiet"]
    asked = [
        sys.executable,
        "-P",
        "-m",
        "generator",
        *words,
        "--engine",
        "again",
        "--format",
        "md",
        "--format",
        "parts",
    ]
    environment = os.environ | {"PYTHONPATH": str(house)}
    done = subprocess.run(asked, env=environment, cwd=house, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return house / "bundle"


def extended(catalog: str) -> str:
    """Return the catalogue's text with one plugin more in each of its lists."""
    for name, plugin in LINES.items():
        package, module, constant = plugin.split()
        listed = rf"\1    from {package} import {module}\n\2{module}.{constant}, "
        catalog, count = re.subn(rf"(def {name}\(\).*?\n)(.*?return \()", listed, catalog, count=1, flags=re.DOTALL)
        assert count == 1, name
    assert "    documents=(\n" in catalog
    return catalog.replace("    documents=(\n", f"    documents=(\n        {DOCUMENT}\n")


def modelled(folder: Path) -> Path:
    """Return a project whose model is a file in the new format."""
    shutil.copytree(project(world()), folder, dirs_exist_ok=True)
    training = pd.read_parquet(folder / "training.parquet")
    model = skops.io.dumps(LinearRegression().fit(training[INPUTS], training["y"]))
    (folder / "model.backwards").write_bytes(model[::-1])
    said = yaml.safe_load((folder / "dossier.yaml").read_text())
    said["model"] |= {"format": "backwards", "path": "model.backwards"}
    del said["data"]["prediction"]
    said["data"]["features"] = [{"name": name, "kind": "numeric"} for name in INPUTS]
    said.setdefault("objectives", {}).setdefault("metrics", []).append({"metric": "mse", "validation": 9.0})
    (folder / "dossier.yaml").write_text(yaml.safe_dump(said))
    return folder


def test_a_subject_is_a_room_and_a_line(bundle: Path):
    facts = json.loads((bundle / "results.json").read_text())["facts"]
    rows = pd.read_parquet(project(world()) / "production.parquet").groupby("date").size()
    assert (facts["tides.high"]["value"], facts["tides.low"]["value"]) == (rows.max(), rows.min())
    assert "tides.both" in {path.stem for path in (bundle / "tables").glob("*.csv")}


def test_a_count_of_its_own_is_a_function_of_a_subject(bundle: Path):
    facts = json.loads((bundle / "results.json").read_text())["facts"]
    days = pd.to_datetime(pd.read_parquet(project(world()) / "production.parquet")["date"]).dt.day_of_week
    assert facts["tides.week"]["value"] == days.value_counts().max()


def test_a_metric_is_a_name_its_words_and_its_sums(bundle: Path):
    facts = json.loads((bundle / "results.json").read_text())["facts"]
    made = {name: facts[f"performance.{name}.production"] for name in ("mse", "rmse")}
    assert made["mse"]["value"] == pytest.approx(made["rmse"]["value"] ** 2)
    assert made["mse"]["low"] < made["mse"]["value"] < made["mse"]["high"]
    assert facts["performance.mse.declared"]["value"] == 9.0
    assert "Mean squared error" in (bundle / "tables" / "performance.summary.csv").read_text()


def test_a_document_is_a_template_and_a_line_and_shows_the_picture(bundle: Path):
    text = (bundle / "tide-table.md").read_text()
    assert "The fullest day has " in text and "Both tides" in text
    assert (bundle / "figures" / "tides.svg").is_file()


def test_a_format_is_a_file_and_a_line(bundle: Path):
    assert {path.stem for path in bundle.glob("*.parts")} >= {"tide-table", "monitoring"}


def test_a_companion_is_a_file_and_a_line(bundle: Path):
    rows = pd.read_parquet(project(world()) / "production.parquet").groupby("date").size()
    assert (bundle / "tides.txt").read_text() == f"{rows.max()}\n"


def test_an_engine_and_a_reader_are_files_and_lines(bundle: Path):
    manifest = (bundle / "manifest.json").read_text()
    assert "model.backwards" in manifest
    assert "backwards" in (bundle / "results.json").read_text()
