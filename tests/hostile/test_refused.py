"""Bad input is refused in a few clear lines with exit 2, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

from generator.cli import app
from tests.hostile.world import World, refused

Spoil = Callable[[World], None]


def without(column: str) -> Spoil:
    def spoil(world: World) -> None:
        world.production = world.production.drop(columns=column)

    return spoil


def with_text(column: str, text: str) -> Spoil:
    def spoil(world: World) -> None:
        world.production[column] = world.production[column].astype(object)
        world.production.loc[[3, 5], column] = text

    return spoil


def with_bytes(content: bytes) -> Spoil:
    def spoil(world: World) -> None:
        world.content = content

    return spoil


def with_project(text: str) -> Spoil:
    def spoil(world: World) -> None:
        world.folder.mkdir(exist_ok=True)
        (world.folder / "dossier.yaml").write_text(text)

    return spoil


def with_data(**changes: object) -> Spoil:
    def spoil(world: World) -> None:
        world.data.update(changes)

    return spoil


def with_model(content: bytes) -> Spoil:
    def spoil(world: World) -> None:
        world.folder.mkdir(exist_ok=True)
        (world.folder / "model.skops").write_bytes(content)
        world.project["model"] = {"name": "pricing", "version": "1", "format": "skops", "path": "model.skops"}
        del world.data["prediction"]

    return spoil


def fitted_on(*columns: str) -> bytes:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(30, len(columns))), columns=list(columns))
    dumped: bytes = skops.io.dumps(make_pipeline(StandardScaler(), Ridge()).fit(table, table.sum(axis=1)))
    return dumped


def a_folder(world: World) -> None:
    (world.folder / "rows.csv").mkdir(parents=True)


def no_file(world: World) -> None:
    world.data["production"] = "lines.csv"


def decimal_commas(world: World) -> None:
    text = world.production.to_csv(index=False, sep=";", decimal=",")
    world.content = text.encode()


def latin_1(world: World) -> None:
    world.production["city"] = world.production["city"].replace("Graz", "Düsseldorf")
    world.content = world.production.to_csv(index=False).encode("latin-1")


def row_too_long(world: World) -> None:
    lines = world.production.to_csv(index=False).splitlines()
    lines[119] += ",1,2"
    world.content = "\n".join(lines).encode()


def statistics_of_others(world: World) -> None:
    world.folder.mkdir(exist_ok=True)
    (world.folder / "statistics.json").write_text("{}")
    del world.data["reference"]
    world.data["reference_stats"] = "statistics.json"


def columns_twice(world: World) -> None:
    world.production = world.production[["date", "item", "city", "price", "guess", "old"]]
    world.training = world.training.rename(columns={"cost": "expense"})


BASE = """project: {name: shop}
model: {name: m, version: '1', format: column}
data: {production: rows.csv, target: price"""

CASES: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a missing target": (without("price"), ("column price", "rows.csv")),
    "a missing prediction": (without("guess"), ("column guess", "rows.csv")),
    "a missing segment": (without("city"), ("column city (segment)", "rows.csv")),
    "a missing entity": (without("item"), ("column item", "rows.csv")),
    "a missing time": (without("date"), ("column date", "rows.csv")),
    "a missing feature": (without("weight"), ("weight", "rows.csv")),
    "a misspelt column": (with_data(target="prize"), ("prize", "price")),
    "a text among the prices": (with_text("price", "a lot"), ("price", "a lot", "rows.csv")),
    "a text among the predictions": (with_text("guess", "12 EUR"), ("guess", "12 EUR", "rows.csv")),
    "a text among the dates": (with_text("date", "yesterday"), ("date", "yesterday", "rows.csv")),
    "a text among the numbers": (with_text("weight", "heavy"), ("weight", "heavy", "rows.csv")),
    "a date before all": (with_text("date", "1969-12-31"), ("date", "1969-12-31", "1970", "rows.csv")),
    "a date after all": (with_text("date", "9999-12-31"), ("date", "9999-12-31", "rows.csv")),
    "a date beyond the calendar": (with_text("date", "20260-01-31"), ("date", "20260-01-31", "rows.csv")),
    "a huge number": (with_text("weight", "1e300"), ("weight", "1e+300", "rows.csv")),
    "a huge negative number": (with_text("weight", "-1e300"), ("weight", "1e+300", "rows.csv")),
    "a huge price": (with_text("price", "1e300"), ("price", "1e+300", "rows.csv")),
    "a row too long": (row_too_long, ("rows.csv", "Line: 120", "columns")),
    "an empty file": (with_bytes(b""), ("empty", "rows.csv")),
    "a header alone": (
        with_bytes(b"date,item,cost,rating,clicks,weight,city,brand,price,guess,old\n"), ("no rows", "rows.csv")
    ),
    "a file of line breaks": (with_bytes(b"\n\n\n"), ("rows.csv",)),
    "a file of zero bytes": (with_bytes(b"\x00" * 400), ("rows.csv",)),
    "a picture": (with_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8), ("rows.csv",)),
    "a CSV in Latin-1": (latin_1, ("rows.csv", "not utf-8", "UTF-8")),
    "decimal commas": (decimal_commas, ("rows.csv",)),
    "a folder for a file": (a_folder, ("rows.csv",)),
    "no such file": (no_file, ("lines.csv",)),
    "no Parquet": (with_data(production="dossier.yaml"), ("dossier.yaml",)),
    "training without a column": (columns_twice, ("cost",)),
    "statistics that are none": (statistics_of_others, ("statistics.json",)),
    "an unknown key": (
        with_project(f"{BASE}, prediction: guess, segmants: []}}\n"), ("segmants", "segments", "dossier.yaml:3")
    ),
    "several unknown keys": (
        with_project(f"{BASE}, prediction: guess}}\nobjektives: {{}}\nalertz: {{}}\n"),
        ("objektives", "objectives", "alertz", "alerts", "dossier.yaml:4", "dossier.yaml:5"),
    ),
    "no YAML": (with_project("project: [name\n"), ("dossier.yaml",)),
    "an empty project file": (with_project(""), ("dossier.yaml",)),
    "a list for a project": (with_project("- project\n"), ("dossier.yaml",)),
    "a number for a name": (with_project("project: 7\nmodel: 8\ndata: 9\n"), ("dossier.yaml:1", "dossier.yaml:3")),
    "neither model nor prediction": (with_project(f"{BASE}}}\n"), ("prediction", "dossier.yaml")),
    "a model that wants other columns": (
        with_model(fitted_on("cost", "height", "depth")), ("height", "depth", "rows.csv")
    ),
    "a model that is none": (with_model(b"this is no model"), ("model",)),
    "an empty model": (with_model(b""), ("model",)),
    "a model cut off": (with_model(fitted_on("cost")[:500]), ("model",)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused(tmp_path: Path, name: str):
    spoil, said = CASES[name]
    world = World(folder=tmp_path / "case")
    spoil(world)
    refused(world, world.build(), *said)


@pytest.mark.parametrize("name", ["a missing target", "several unknown keys", "a model that is none", "an empty file"])
def test_check_refuses_as_build_does(tmp_path: Path, name: str):
    spoil, said = CASES[name]
    world = World(folder=tmp_path / "case")
    spoil(world)
    world.save()
    result = CliRunner().invoke(app, ["check", str(world.folder), "--quiet"])
    refused(world, result, *said)


def test_all_missing_columns_are_named_at_once(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.production = world.production.drop(columns=["price", "city", "weight"])
    result = world.build()
    refused(world, result, "price", "city")


def test_a_day_beyond_the_calendar(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    refused(world, world.build("--as-of", "9999-12-31"), "9999-12-31", "--as-of")


def test_there_is_no_project(tmp_path: Path):
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.yaml"):
        result = CliRunner().invoke(app, ["build", str(place), "-o", str(tmp_path / "out"), "--quiet"])
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
        assert str(place) in result.stderr
