"""Inputs that are written to while they are read: a digest is of the bytes that were used, or there is no bundle."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from generator import measure
from generator.catalog import CATALOG
from generator.errors import InputError
from generator.load import load
from generator.measure import profile
from generator.measure.inputs import check_unchanged
from generator.records.inputs import read_input
from tests.hostile.world import World, accepted, refused

Spoil = Callable[[Path], object]
STEPS = ("open_inputs", "plan_reference", "count", "duplicates", "sources")
"""What the measurement does, one after the other; a test writes to its inputs before one of them."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(folder=tmp_path / "case")
    made.save()
    return made


def before(monkeypatch: pytest.MonkeyPatch, step: str, spoil: Callable[[], object]) -> None:
    """Let `spoil` happen once, just before a step of the measurement."""
    real, done = getattr(measure, step), [False]

    def spoilt(*words: Any, **keys: Any) -> Any:
        if not done[0]:
            done[0] = True
            spoil()
        return real(*words, **keys)

    monkeypatch.setattr(measure, step, spoilt)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes().splitlines(keepends=True)[-1])


def exchanged(path: Path) -> None:
    """Put other rows with the same name in the place."""
    other = pd.read_csv(path).assign(guess=lambda rows: rows["guess"] * 3)
    other.to_csv(path.with_suffix(".new"), index=False)
    path.with_suffix(".new").replace(path)


def edited(path: Path) -> None:
    """Change one byte where it stands, and make size and time what they were."""
    times, content = path.stat(), bytearray(path.read_bytes())
    place = next(k for k in range(len(content) - 1, 0, -1) if content[k : k + 1] in b"12345678")
    content[place] += 1
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def copied(path: Path) -> None:
    """Put the same bytes in the place, in another file."""
    times = path.stat()
    shutil.copy(path, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("step", STEPS)
def test_rows_that_grow_are_no_bundle(world: World, monkeypatch: pytest.MonkeyPatch, step: str):
    before(monkeypatch, step, lambda: appended(world.folder / "rows.csv"))
    refused(world, world.build(), "the input changed during the build", "rows.csv")


@pytest.mark.parametrize("spoil", [exchanged, edited, copied])
@pytest.mark.parametrize("name", ["rows.csv", "training.csv"])
def test_rows_that_are_exchanged_are_no_bundle(world: World, monkeypatch: pytest.MonkeyPatch, name: str, spoil: Spoil):
    before(monkeypatch, "count", lambda: spoil(world.folder / name))
    refused(world, world.build(), "the input changed during the build", name)


def test_what_happens_before_or_after_the_measurement_is_told_as_it_was(world: World, monkeypatch: pytest.MonkeyPatch):
    """Exchanged once the rows are read: figures and digest are of the rows before."""
    used = digest(world.folder / "rows.csv")

    def then_exchanged(*words: Any) -> None:
        check_unchanged(*words)
        exchanged(world.folder / "rows.csv")

    monkeypatch.setattr(measure, "check_unchanged", then_exchanged)
    accepted(world, world.build())
    first = world.value("performance.rmse.production")
    assert roles(world)["production rows"] == used != digest(world.folder / "rows.csv")
    monkeypatch.undo()
    shutil.rmtree(world.output)
    accepted(world, world.build())
    assert roles(world)["production rows"] == digest(world.folder / "rows.csv")
    assert world.value("performance.rmse.production") != first


def roles(world: World) -> dict[str, str]:
    """Return the digests of the inputs in the manifest, which are those of the results."""
    said = json.loads((world.output / "manifest.json").read_text())["inputs"]
    assert said == world.results()["inputs"]
    return {each["role"]: each["sha256"] for each in said}


def test_a_file_that_comes_to_a_pattern_is_none_of_this_build(world: World, monkeypatch: pytest.MonkeyPatch):
    """A day's file is laid beside the others while they are read: the build is of those it began with."""
    rows = world.folder / "days"
    rows.mkdir()
    shutil.copy(world.folder / "rows.csv", rows / "a.csv")
    world.data["production"] = "days/*.csv"
    (world.folder / "dossier.yaml").unlink()
    before(monkeypatch, "open_inputs", lambda: shutil.copy(rows / "a.csv", rows / "b.csv"))
    accepted(world, world.build())
    assert roles(world)["production rows"] == digest(rows / "a.csv")
    assert world.value("data.production.rows") == len(world.production)


def test_the_project_file_and_its_tables_are_those_that_were_read(world: World, monkeypatch: pytest.MonkeyPatch):
    world.project["retraining"] = {"history": {"csv": "history.csv"}}
    project, history = world.folder / "dossier.yaml", world.folder / "history.csv"
    project.unlink()
    history.write_text("version,date,trigger\n1,2026-01-31,drift\n")
    world.save()
    used = {"project file": digest(project), "small table": digest(history)}
    before(monkeypatch, "open_inputs", lambda: [path.write_text("# another text") for path in (project, history)])
    accepted(world, world.build())
    assert {role: roles(world)[role] for role in used} == used


def test_one_reading_of_a_file_is_what_all_of_a_build_knows(world: World):
    """Training statistics, read twice with other bytes between: refused, whoever reads them the second time."""
    project = load(world.folder)
    content = read_input(project, "rows.csv", most=10**9)
    assert project.read["rows.csv"] == hashlib.sha256(content).hexdigest()
    appended(world.folder / "rows.csv")
    with pytest.raises(InputError, match="changed during the build"):
        read_input(project, "rows.csv", most=10**9)


def test_statistics_and_models_are_told_by_the_bytes_in_memory(world: World, monkeypatch: pytest.MonkeyPatch):
    rows = world.folder / "training.csv"
    engine = CATALOG.engines[0].open()
    (world.folder / "statistics.json").write_bytes(profile(load(world.folder), engine, CATALOG.readers, rows))
    del world.data["reference"]
    world.data["reference_stats"] = "statistics.json"
    (world.folder / "dossier.yaml").unlink()
    used = digest(world.folder / "statistics.json")
    before(monkeypatch, "count", lambda: (world.folder / "statistics.json").write_text("{}"))
    accepted(world, world.build())
    assert roles(world)["training statistics"] == used


@pytest.mark.parametrize("name", ["rows.csv", "training.csv"])
def test_a_table_is_hashed_twice_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch, name: str):
    """Before the first reading and after the last one."""
    real, hashed = hashlib.file_digest, list[str]()

    def counted(file: Any, kind: Any) -> Any:
        hashed.append(Path(file.name).name)
        return real(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    accepted(world, world.build())
    assert hashed.count(name) == 2
