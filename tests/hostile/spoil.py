"""Ways to spoil one thing of a healthy project: each is made from what it should be, and changes a world in place."""

import hashlib
import io
import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import skops.io
import yaml
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

from generator.cli import app
from tests.hostile.world import World, accepted

Spoil = Callable[[World], None]
KINDS = {"skops": "model.skops", "joblib": "model.joblib", "onnx": "model.onnx", "rds": "model.rds"}


def nothing(world: World) -> None:
    """Leave the world as it is: what is wrong stands on the command line."""


def all_of(*spoils: Spoil) -> Spoil:
    def spoil(world: World) -> None:
        for each in spoils:
            each(world)

    return spoil


def put(world: World, name: str, content: bytes) -> None:
    """Write a file into the folder of the project."""
    path = world.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# The project file.


def says(text: str | bytes) -> Spoil:
    """Write this project file."""
    return lambda world: put(world, "dossier.yaml", text.encode() if isinstance(text, str) else text)


def adds(text: str) -> Spoil:
    """Write the healthy project file and this below it."""

    def spoil(world: World) -> None:
        put(world, "dossier.yaml", (yaml.safe_dump(world.project, sort_keys=False) + text).encode())

    return spoil


def declares(section: str, text: str) -> Spoil:
    """Declare these keys, in YAML, under a section in place of what stands there."""
    return lambda world: world.project.setdefault(section, {}).update(yaml.safe_load(text))


def sets(section: str, text: str) -> Spoil:
    """Put this YAML in the place of a section."""

    def spoil(world: World) -> None:
        world.project[section] = yaml.safe_load(text)

    return spoil


def of_data(text: str) -> Spoil:
    return declares("data", text)


# The rows.


def content(rows: bytes) -> Spoil:
    def spoil(world: World) -> None:
        world.content = rows

    return spoil


def table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Spoil:
    def spoil(world: World) -> None:
        world.production = change(world.production)

    return spoil


def training(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Spoil:
    def spoil(world: World) -> None:
        world.training = change(world.training)

    return spoil


def without(*columns: str) -> Spoil:
    return table(lambda rows: rows.drop(columns=list(columns)))


def with_value(column: str, value: str | float) -> Spoil:
    """Put this value into two rows of a column."""

    def spoil(world: World) -> None:
        world.production[column] = world.production[column].astype(object)
        world.production.loc[[3, 5], column] = value

    return spoil


def written(change: Callable[[str], str | bytes]) -> Spoil:
    """Change the text of the production file."""

    def spoil(world: World) -> None:
        text = change(world.production.to_csv(index=False))
        world.content = text.encode() if isinstance(text, str) else text

    return spoil


def row_too_long(text: str) -> str:
    lines = text.splitlines()
    lines[119] += ",1,2"
    return "\n".join(lines)


def cut_at_line(number: int, line: str) -> Callable[[str], str]:
    def cut(text: str) -> str:
        return "\n".join([*text.splitlines()[: number - 1], line])

    return cut


def file(name: str, made: Callable[[pd.DataFrame], bytes]) -> Spoil:
    """Read production from a file that is made of its rows."""

    def spoil(world: World) -> None:
        put(world, name, made(world.production))
        world.data["production"] = name

    return spoil


def parquet(rows: pd.DataFrame) -> bytes:
    memory = io.BytesIO()
    rows.to_parquet(memory)
    return memory.getvalue()


def json_lines(rows: pd.DataFrame) -> bytes:
    text: str = rows.to_json(orient="records", lines=True)
    return text.encode()


def parts(first: str, second: str, change: Callable[[pd.DataFrame], bytes]) -> Spoil:
    """Read production from two files, the second of another kind."""

    def spoil(world: World) -> None:
        put(world, f"rows/{first}", world.production.to_csv(index=False).encode())
        put(world, f"rows/{second}", change(world.production))
        world.data["production"] = "rows/*"

    return spoil


def a_folder(world: World) -> None:
    (world.folder / "rows.csv").mkdir(parents=True)


def outcomes(name: str, text: str, keys: str) -> Spoil:
    """Read the truth from a file of its own."""

    def spoil(world: World) -> None:
        put(world, name, text.encode())
        world.production = world.production.drop(columns="price").assign(row=range(len(world.production)))
        world.data["labels"] = yaml.safe_load(keys)

    return spoil


def binary(outcome: object = "yes", other: object = "no", **keys: object) -> Spoil:
    """Make a world of two outcomes and a column of probabilities of it."""

    def spoil(world: World) -> None:
        def of_two(rows: pd.DataFrame) -> pd.DataFrame:
            classes = {True: outcome, False: other}
            dear = (rows["price"] > rows["price"].median()).map(classes)
            chance = (1 / (1 + np.exp((rows["price"].median() - rows["guess"]) / 10))).round(4)
            return rows.assign(price=dear, guess=chance, old=chance)

        world.both(of_two)
        world.project["objectives"] = {}
        world.data.update({"task": "binary", "positive": outcome} | keys)

    return spoil


# The model.


def model(content: bytes, kind: str = "skops", **keys: object) -> Spoil:
    """Predict by this file in place of the column."""

    def spoil(world: World) -> None:
        put(world, KINDS[kind], content)
        world.project["model"] = {"name": "pricing", "version": "1", "format": kind, "path": KINDS[kind], **keys}
        del world.data["prediction"]

    return spoil


def samples(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).normal(size=(30, len(columns))), columns=list(columns))


def dumped(value: object) -> bytes:
    made: bytes = skops.io.dumps(value)
    return made


def fitted_on(*columns: str) -> bytes:
    rows = samples(*columns)
    return dumped(make_pipeline(StandardScaler(), Ridge()).fit(rows, rows.sum(axis=1)))


def nameless() -> bytes:
    rows = samples("cost", "weight").to_numpy()
    return dumped(Ridge().fit(rows, rows.sum(axis=1)))


def without_numbers() -> bytes:
    """A regression whose predictions are no numbers."""
    rows = samples("cost", "weight")
    fitted = Ridge().fit(rows, rows.sum(axis=1))
    fitted.coef_ = fitted.coef_ * np.nan
    return dumped(fitted)


def classifier(classes: int) -> bytes:
    rows = samples("cost", "weight")
    return dumped(LogisticRegression().fit(rows, np.arange(len(rows)) % classes))


PICKLE = pickle.dumps(Ridge())
PICKLE_DIGEST = hashlib.sha256(PICKLE).hexdigest()


# Training statistics.


def statistics(content: bytes, name: str = "statistics.json") -> Spoil:
    def spoil(world: World) -> None:
        put(world, name, content)
        del world.data["reference"]
        world.data["reference_stats"] = name

    return spoil


def profiled(change: Callable[[Any], object] = lambda body: body, **keys: object) -> Spoil:
    """Use the statistics that `dossier profile` writes of the training rows, changed, with other `data` keys."""

    def spoil(world: World) -> None:
        made = World(folder=world.folder / "other", training=world.training)
        made.save()
        words = ["--target", "price", "--prediction", "guess", "--exclude", "old", "-o", str(made.folder / "made.json")]
        result = CliRunner().invoke(app, ["profile", str(made.folder / "training.csv"), "--quiet", *words])
        assert result.exit_code == 0, result.output
        body = json.loads((made.folder / "made.json").read_text())
        change(body)
        statistics(json.dumps(body).encode())(world)
        world.data.update(keys)

    return spoil


# Bundles.


def built(world: World) -> None:
    accepted(world, world.build())


def spoilt_bundle(name: str, content: bytes | None) -> Spoil:
    """Build, then change a file of the bundle, or take it away."""

    def spoil(world: World) -> None:
        built(world)
        if content is None:
            (world.output / name).unlink()
        else:
            (world.output / name).write_bytes(content)

    return spoil


def something_else(world: World) -> None:
    put(world, "bundles/out/thesis.txt", b"all my work")


def a_file_there(world: World) -> None:
    put(world, "bundles/out", b"all my work")
